"""Whether a deployment does its work: observe -> assess, each observation by itself."""
