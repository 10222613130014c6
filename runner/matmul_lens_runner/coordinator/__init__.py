"""The coordinator: starts workers, gives them turns, and talks to the client. Standard library only."""
