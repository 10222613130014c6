"""What the runner's tests share."""
