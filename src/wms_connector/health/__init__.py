"""Health: look, judge, act. `observation` -> `assess` (pure) -> `verdict` -> `act`.

One implementation for the function in AWS, for `status` and `watch` on the laptop, and `verify`.
"""
