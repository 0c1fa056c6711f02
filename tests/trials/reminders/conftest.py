"""The provider of text messages, over real HTTP."""

from collections.abc import Iterator

import pytest

from app.settings import settings
from tests import twilio_stub
from tests.twilio_stub import Stub


@pytest.fixture
def twilio(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stub]:
    with twilio_stub.running() as stub:
        for name, value in stub.environment.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()
        yield stub
    monkeypatch.undo()
    settings.cache_clear()
