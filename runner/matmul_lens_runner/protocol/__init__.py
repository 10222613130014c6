"""The line protocol between a client and the coordinator, as in `src/protocol`.

The TypeScript schemas are the authority; golden transcripts in `test/fixtures/protocol` keep both sides equal.
"""
