"""From what a server refuses with to an error kind."""
