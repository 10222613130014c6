"""One race: loading, checking, measuring and judging, as the coordinator conducts it."""
