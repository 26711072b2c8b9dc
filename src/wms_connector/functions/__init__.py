"""Lambda handlers, a few lines each: everything else is called."""
