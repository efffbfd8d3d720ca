"""The lists that everything iterates: layers, functions, tables, buckets."""
