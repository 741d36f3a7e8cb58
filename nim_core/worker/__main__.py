"""`python -m nim_core.worker PARENT`."""

from .process import main

if __name__ == "__main__":
    main()
