"""JSON lines over descriptors that nothing a framework prints can reach."""
