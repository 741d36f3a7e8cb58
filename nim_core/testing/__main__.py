"""`python -m nim_core.testing`."""

from .nim_server import main

if __name__ == "__main__":
    main()
