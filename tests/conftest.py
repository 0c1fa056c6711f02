"""The test house: one PostgreSQL a process, a transaction around each test, and browsers for the cast."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import hypothesis
import pytest
import pytest_asyncio

KEYS = (
    '{"current":"k1","keys":{"k1":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="},'
    '"lookup":"ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA="}'
)
# Goes when this process ends.
FILES = TemporaryDirectory(prefix="cohorte-files-", ignore_cleanup_errors=True)
# Before anything of the product is imported: it reads its settings once. The database's address follows.
os.environ |= {
    "COHORTE_ENV": "test",
    "SECRET_KEY": "a secret for tests only, of some length",
    "IDENTITY_KEYS": KEYS,
    "BASE_URL": "http://test",
    "DATABASE_URL": "postgresql://nobody@/nothing",
    "MIGRATION_DATABASE_URL": "postgresql://nobody@/nothing",
    "SMTP_URL": "smtp://localhost:1",
    "FILES_URL": Path(FILES.name).as_uri(),
}

# ruff: noqa: E402
from app.cli.local import free_port
from app.lib.db import DB, Transaction, execute
from app.lib.mailbox import serve
from app.lib.migrations import migrate
from app.lib.postgres import Postgres, temporary
from app.settings import settings
from tests import people as cast
from tests.browser import Browser
from tests.live import Live, run, running
from tests.logs import (  # noqa: F401
    Watch,
    pytest_configure,
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_testnodedown,
    watch,
)
from tests.pages import Journeys, chromium

# A build tries the same examples each time, so that its answer is about the change; at a desk they are new ones.
hypothesis.settings.register_profile("build", derandomize=True, deadline=None)
if os.environ.get("CI"):
    hypothesis.settings.load_profile("build")


def use_database(app_dsn: str, owner_dsn: str) -> None:
    """From now on this process speaks to that database."""
    os.environ |= {"DATABASE_URL": app_dsn, "MIGRATION_DATABASE_URL": owner_dsn}
    settings.cache_clear()
    DB.config["dsn"] = app_dsn


@pytest.fixture(scope="session")
def server(watch: Watch) -> Iterator[Postgres]:  # noqa: F811 - a fixture
    """One embedded server for each process of the run, without fsync. Its log is read like any other before it goes."""
    with temporary() as running:
        yield running
        watch.read(running.log)


@pytest.fixture(scope="session")
def database(server: Postgres) -> str:
    """The test database, migrated; its address for the application's role."""
    use_database(server.app_dsn, server.owner_dsn)
    run(migrate(settings()))
    return server.app_dsn


@pytest.fixture(scope="session")
def people(database: str) -> cast.Cast:
    """Who appears in tests; committed once."""
    return run(cast.assemble())


@pytest_asyncio.fixture
async def db(people: cast.Cast) -> AsyncIterator[None]:
    """A transaction around the test, undone after it."""
    async with Transaction(DB) as transaction:
        # However long the run has taken: what asks for a fresh second factor finds one.
        await execute("UPDATE session SET second_factor_at = now()")
        yield
        await transaction.rollback()


@pytest.fixture(scope="session")
def application(database: str) -> Any:
    """The whole web application, in this process."""
    from app.main import create_app

    return create_app(own_pool=False)


@pytest.fixture
def browser_for(db: None, people: cast.Cast, application: Any) -> Callable[..., Browser]:
    """`browser_for("ines")`, `browser_for("paul", htmx=True, language="fr")`, or None for a stranger."""

    def browser(who: str | None, *, htmx: bool = False, language: str = "en") -> Browser:
        from app.accounts.authentication import form_secret

        if who is None:
            stranger = "stranger"
            return Browser(application, form_secret(stranger), htmx=htmx, language=language, cohorte_form=stranger)
        signed_in = people[who].signed_in
        secret, token = signed_in.csrf_secret, signed_in.token
        return Browser(application, secret, htmx=htmx, language=language, cohorte_session=token)

    return browser


@pytest_asyncio.fixture
async def mailbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Path]:
    """A real SMTP server for this test; the folder where its messages lie."""
    port = free_port()
    listening = await serve(port, tmp_path / "mailbox")
    monkeypatch.setenv("SMTP_URL", f"smtp://127.0.0.1:{port}")
    settings.cache_clear()
    yield tmp_path / "mailbox"
    listening.close()
    await listening.wait_closed()
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture(scope="session")
def live(server: Postgres, database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The whole product, running, with the cast in a database of its own."""
    with running(server, tmp_path_factory.mktemp("live")) as product:
        yield product


# By module: while its loop waits, tests that are coroutines could not run.
@pytest.fixture(scope="module")
def journeys(live: Live) -> Iterator[Journeys]:
    """Chromium on the running product; `journeys.page("fr", 375, js=False, who="paul")` opens a page."""
    with chromium() as browser:
        yield Journeys(live, browser)


@pytest.fixture
def new_page(journeys: Journeys) -> Iterator[Callable[..., Any]]:
    """Opens pages for one test and closes them after it."""
    journeys.live.forget_sign_ins()
    yield journeys.page
    journeys.close_pages()


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the project."""
    return Path(__file__).parents[1]
