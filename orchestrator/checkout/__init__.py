"""What the files of a checkout hold: layers, stacks, regions, selection, folders."""
