"""Oracle as the source: the way in, what has to be true of it, and how far behind we are."""
