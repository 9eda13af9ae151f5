"""One module a command: parsing, calling, printing, no work."""
