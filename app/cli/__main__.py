"""`python -m app.cli`: the command without its launcher."""

import sys

from app.cli import main

if __name__ == "__main__":
    sys.exit(main())
