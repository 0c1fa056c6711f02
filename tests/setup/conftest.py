"""Folders that another account may pass through, as an embedded server's must."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Unlike `tmp_path`, whose parents are closed to the account that runs PostgreSQL for root."""
    with tempfile.TemporaryDirectory(prefix="cohorte-") as name:
        Path(name).chmod(0o711)
        yield Path(name)
