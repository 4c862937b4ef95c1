"""The storm: an office at work while monday misbehaves and processes are killed; at the end everything is right.

`make storm` at full size, `test_storm.py` small. A run is named by its seed.
"""
