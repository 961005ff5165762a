"""About: the commands that are not about one loss, one a file.

What every loss command does is in the modules whose names begin with an underscore.
"""
