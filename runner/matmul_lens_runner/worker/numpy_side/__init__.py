"""NumPy's part of a race, and what JAX's part does on the host. A worker of another framework hosts it."""
