"""The provider as a Pulumi plugin: an executable that speaks the provider protocol over gRPC."""
