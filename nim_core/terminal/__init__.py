"""The same work from a terminal: `python -m nim_core`."""
