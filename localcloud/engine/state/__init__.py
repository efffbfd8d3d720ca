"""The state of a stack: its model, its file, the journal, and the rules that it keeps."""
