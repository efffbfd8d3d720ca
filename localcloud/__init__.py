"""A laptop's AWS and Pulumi: an emulator, an engine and a provider that do not know each other."""
