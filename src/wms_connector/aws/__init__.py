"""AWS as it is: what a deployment looks like, and how its parts are reached."""
