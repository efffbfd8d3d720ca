"""What the files of a checkout hold: layers, stacks, regions, selection, folders.

Comes in: everybody. May touch: files of this checkout, and no cloud.
"""
