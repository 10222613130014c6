"""Loads the reader's file without running it as a script."""
