"""Everything that imports JAX; always inside a function, since a worker starts before it knows JAX is there."""
