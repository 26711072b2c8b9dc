"""The runtime on a laptop: real parts from package registries, without Docker."""
