"""`python -m spinebot` is `spinebot`."""

from .cli import main

if __name__ == "__main__":
    main()
