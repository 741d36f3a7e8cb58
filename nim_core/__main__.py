"""`python -m nim_core`: the same work from a terminal."""

from .terminal.commands import main

if __name__ == "__main__":
    main()
