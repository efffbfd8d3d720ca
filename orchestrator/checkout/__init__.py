"""What the files of a checkout say: layers, stacks, regions, selection, folders."""
