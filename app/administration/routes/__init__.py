"""Every page of administration."""

from typing import Any

from app.administration.routes import overview

HANDLERS: list[Any] = [
    *overview.HANDLERS,
]
