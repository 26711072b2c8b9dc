"""The parts of a stage's connector stack, one construct a file."""
