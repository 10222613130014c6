"""Everything that imports torch; always inside a function, since a worker starts before it knows torch is there."""
