"""Pure statistics of a race: no clock, no input or output, no randomness."""
