"""Reads every log line of a whole run, of this process and of those it starts, and fails it over anybody of the cast.

A plugin of pytest: tests/conftest.py takes its hooks. Of a run in several processes, each listens to its own; the first
reads what all of them wrote. Names have no shape that a scrubber could find, so the only way
to know that no line holds one is to read them all.
"""

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

NAMES = [
    "Inès",
    "Moreau",
    "Zoé",
    "Caradec",
    "Marc",
    "Petit",
    "Paul",
    "Lambert",
    "Léa",
    "Martin",
    "Yann",
    "Goff",
    "Claire",
    "Odile",
    "Garnier",
    "Hugo",
    "Renard",
    "Sacha",
    "Vidal",
    "Nour",
    "Haddad",
    "Lucie",
    "Blanc",
    "Tom",
    "Faure",
    "Victor",
    "Morel",
]
BIRTH_DATES = ("1980-05-12", "12/05/1980", "2014-03-02", "02/03/2014", "1975-09-30", "30/09/1975")
PERSONAL = re.compile(
    rf"\b(?:{'|'.join(map(re.escape, (*NAMES, *BIRTH_DATES)))})\b"
    r"|[\w.+-]+(?:@|%40)example\.(?:org|com|net)"
    r"|(?<!\d)(?:\+33|0)[ .]?6[ .]?39[ .]?98(?:[ .]?\d\d){2}(?!\d)"
)
"""Whoever is in tests/people.py, any address that a test makes up, and the numbers kept free for inventions."""
CODE = re.compile(r"^\d{6}$", re.MULTILINE)
ISOLATED = re.compile(r"(?<![\w.\-])\d{6}(?![\w.\-])")
PROCESSES = ("web.log", "worker.log")
MOST = 20


class Watch(logging.Handler):
    """Remembers the lines that hold something personal, and no others."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.setFormatter(logging.Formatter("%(name)s: %(message)s"))
        self.found: list[str] = []
        self.lines = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.look(self.format(record), "the tests' own process")

    def look(self, text: str, where: str, codes: frozenset[str] = frozenset()) -> None:
        """One line or many."""
        for line in text.splitlines():
            self.lines += 1
            held = PERSONAL.search(line) or next((one for one in ISOLATED.finditer(line) if one[0] in codes), None)
            if held and len(self.found) < MOST:
                self.found.append(f"{where}: “{held[0]}” in: {line[:300]}")

    def read(self, path: Path, codes: frozenset[str] = frozenset()) -> None:
        if path.is_file():
            self.look(path.read_text(encoding="utf-8", errors="replace"), path.name, codes)

    def read_product(self, folder: Path) -> None:
        """The logs of a running product, also for the codes that it mailed."""
        codes = frozenset(code for mail in mails(folder) for code in CODE.findall(mail))
        for name in PROCESSES:
            self.read(folder / name, codes)


def mails(folder: Path) -> Iterator[str]:
    from app.lib.mailbox import list_messages

    if (folder / "mailbox").is_dir():
        yield from (message.text for message in list_messages(folder / "mailbox"))


WATCH = pytest.StashKey[Watch]()
FOUND = "somebody's data"
"""Where a process of a run that has several says what it found."""


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    config.stash[WATCH] = Watch()
    logging.getLogger().addHandler(config.stash[WATCH])


@pytest.fixture(scope="session")
def watch(pytestconfig: pytest.Config) -> Watch:
    """For fixtures whose logs go away before the run ends."""
    return pytestconfig.stash[WATCH]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The products of the run have ended by now; their logs are still there."""
    watching = session.config.stash[WATCH]
    logging.getLogger().removeHandler(watching)
    told: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if told is not None:
        told[FOUND] = watching.found
        return
    factory: Any = getattr(session.config, "_tmp_path_factory", None)
    base = factory._basetemp if factory else None
    for log in base.rglob("web.log") if base else ():
        watching.read_product(log.parent)
    if watching.found:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A process of the run has ended: what it heard is told here. Its files lie in a folder within this one's."""
    node.config.stash[WATCH].found += getattr(node, "workeroutput", {}).get(FOUND, [])


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    watching = config.stash[WATCH]
    if watching.found:
        terminalreporter.section("somebody's data in a log", red=True)
        for line in watching.found:
            terminalreporter.line(line)
