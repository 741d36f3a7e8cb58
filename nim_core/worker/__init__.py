"""The process that runs live in, and the dashboard's side of it."""
