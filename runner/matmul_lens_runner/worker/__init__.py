"""One framework's worker: loads the reader's code, makes inputs, checks, and times blocks of calls."""
