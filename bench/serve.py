"""`python -m bench.serve ours|floor LIBRARY`: one web process. Ours is started by the product's own command."""

import argparse
import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch


def main() -> int:
    what, folder = sys.argv[1:]
    from app.cli import processes

    if what == "ours":
        from app.questionnaires import library

        library.FOLDER = Path(folder)  # the shipped ones and the measured one
        return processes.run_web(argparse.Namespace(host="127.0.0.1"))
    with patch("app.main.create_app", _floor):  # the same server with the same settings around another application
        return processes.run_web(argparse.Namespace(host="127.0.0.1"))


def _floor() -> Any:
    from bench.floor import Floor

    return Floor()


if __name__ == "__main__":
    sys.exit(main())
