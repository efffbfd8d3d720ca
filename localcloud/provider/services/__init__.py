"""One module per AWS service: the resource types and lookups (invokes) that it offers."""
