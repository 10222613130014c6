; Broken code, inside which nothing is said. Run only where the parser found an error at all.
(ERROR) @broken
(MISSING) @broken
