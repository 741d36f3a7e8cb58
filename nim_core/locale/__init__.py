"""The catalogs of what is said, and the command that keeps them: `python -m nim_core.locale`."""
