"""What is refused before anything is done, each refusal with the command that helps."""
