"""`python -m bench`: measure everything once, one line a figure. Needs nothing running; leaves nothing behind."""

import asyncio
import gzip
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from app.lib.postgres_home import CannotStart
from bench.house import House, NotDurable, opened

CLIENTS, FEWER = 16, 8
HEADER = f"{'name':<58}{'value':>11}{'floor':>11}{'ratio':>8}  goal"


def main() -> int:
    try:
        with opened() as house:
            measure(house)
    except (NotDurable, CannotStart) as reason:
        print(reason)
        return 1
    return 0


def line(name: str, value: float, floor: float | None = None, ratio: float | None = None, goal: str = "") -> None:
    """One figure. Where there is no floor there is no ratio."""
    cells = _cell(value, 11, _places(value)) + _cell(floor, 11, _places(floor)) + _cell(ratio, 8, 2)
    print(f"{name:<58}{cells}  {goal}".rstrip(), flush=True)


def _cell(number: float | None, width: int, places: int) -> str:
    return f"{'-':>{width}}" if number is None else f"{number:>{width},.{places}f}"


def _places(number: float | None) -> int:
    return 0 if number is None or abs(number) >= 100 or float(number).is_integer() else 2


def measure(house: House) -> None:
    from app.questionnaires import library as shipped
    from bench.sixty import make_library

    make_library(house.library, shipped.FOLDER)
    shipped.FOLDER = house.library
    visitors, counted = asyncio.run(_prepare(house))
    print(HEADER)
    floor_port, _ = house.start_web("floor")
    port, web = house.start_web("ours")
    worker = house.start("app.cli", "worker")
    with _client() as load:
        _pages(load, port, floor_port, visitors)
        _autosave(load, port, floor_port, visitors)
        _commits(load, house, port, visitors)
    _sizes(port, visitors[0])
    for name, count in counted.items():
        line(f"SQL statements: {name}", count)
    _scoring()
    _trail()
    _memory([*(process.pid for process in web), worker.pid], house)


async def _prepare(house: House) -> tuple[list[Any], dict[str, int]]:
    from app.lib import db
    from app.main import create_app
    from bench.people import assemble, largest_screen
    from bench.statements import count

    logging.disable(logging.INFO)  # one line a request, which belongs to the web processes' log
    await db.start_pool()
    visitors = await assemble(CLIENTS)
    one, screen = visitors[0], largest_screen()
    requests: dict[str, dict[str, Any]] = {
        "open 60 items": {"method": "GET", "url": f"/responses/{one.sixty}/pages/all"},
        "open the largest page of social": {"method": "GET", "url": f"/responses/{one.social}/pages/{screen.id}"},
        "autosave": {"method": "POST", "url": f"/responses/{one.sixty}/items/q9", "data": _fields("q9", 1)},
        "home": {"method": "GET", "url": "/home"},
    }
    counted = await count(house.server.app_dsn, create_app(own_pool=False), one, requests)
    await db.close_pool()
    return visitors, counted


def _fields(item: str, value: int) -> dict[str, str]:
    from bench.floor import PAGE_LOAD

    return {item: str(value), f"v.{item}": "1", "page_load": str(PAGE_LOAD)}


@contextmanager
def _client() -> Iterator[Any]:
    from bench.load import Load

    load = Load()
    try:
        yield load
    finally:
        load.close()


def _answered(port: int, request: str) -> bytes:
    """The body of one answer."""
    from bench.client import answer

    head, _, body = asyncio.run(answer(port, request.encode("latin-1"))).partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(head.decode("latin-1"))
    return body


def _pages(load: Any, port: int, floor_port: int, visitors: list[Any]) -> None:
    """(a) open a long questionnaire, half answered."""
    from bench.load import get, http
    from bench.people import largest_screen

    places: dict[str, Callable[[Any], tuple[Any, str]]] = {
        "open 60 items on one page": lambda v: (v.sixty, f"/responses/{v.sixty}/pages/all"),
        "open social (83 items), its largest page": lambda v: (
            v.social,
            f"/responses/{v.social}/pages/{largest_screen().id}",
        ),
    }
    for name, place in places.items():
        length = len(_answered(port, get(place(visitors[0])[1], visitors[0])))
        floor = http(floor_port, [[get(f"/open/{place(v)[0]}/{length}", v)] for v in visitors])
        ours = http(port, [[get(place(v)[1], v)] for v in visitors])
        pair = load.compare(floor, ours, rounds=6, seconds=1.5)
        line(f"{name}, req/s, {CLIENTS} clients", pair.ours.rate, pair.floor.rate, pair.of_rate, ">= 0.40")
        line("  p50, ms", pair.ours.p50, pair.floor.p50)
        line("  p95, ms", pair.ours.p95, pair.floor.p95)
        line("  bytes on the wire, uncompressed", pair.ours.received, pair.floor.received)
        if name.startswith("open 60"):
            smaller = http(port, [[get(place(v)[1], v, more="Accept-Encoding: gzip\r\n")] for v in visitors])
            pair = load.compare(floor, smaller, rounds=3, seconds=1.5)
            line("  the same with gzip, req/s", pair.ours.rate, pair.floor.rate, pair.of_rate)


def _autosave(load: Any, port: int, floor_port: int, visitors: list[Any]) -> None:
    """(b) keep one answer, durable."""
    floor, ours = _saving(port, floor_port, visitors)
    pair = load.compare(floor, ours, rounds=6, seconds=1.5)
    line(f"autosave one answer, req/s, {CLIENTS} clients", pair.ours.rate, pair.floor.rate, pair.of_rate, ">= 0.50")
    line("  p50, ms", pair.ours.p50, pair.floor.p50)
    line("  p95, ms", pair.ours.p95, pair.floor.p95)


def _saving(port: int, floor_port: int, visitors: list[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    from urllib.parse import urlencode

    from bench.load import http, post

    bodies = [urlencode(_fields("q9", value)) for value in range(4)]
    place = {v.account: f"/responses/{v.sixty}/items/q9" for v in visitors}
    length = len(_answered(port, post(place[visitors[0].account], visitors[0], bodies[0])))
    ours = http(port, [[post(place[v.account], v, body) for body in bodies] for v in visitors])
    path = "/save/{}/{}/q9/{}"
    floor = http(
        floor_port,
        [[post(path.format(v.sixty, length, n), v, body) for n, body in enumerate(bodies)] for v in visitors],
    )
    return floor, ours


def _commits(load: Any, house: House, port: int, visitors: list[Any]) -> None:
    """How much later than a bare commit an answer is safe."""
    import psycopg

    with psycopg.connect(house.server.app_dsn) as link:
        rows = [str(row[0]) for row in link.execute("SELECT id FROM session LIMIT %s", [FEWER]).fetchall()]
    bare = {"kind": "commit", "dsn": house.server.app_dsn, "rows": rows}
    _, ours = _saving(port, port, visitors[:FEWER])
    pair = load.compare(bare, ours, rounds=6, seconds=1.5)
    name = f"autosave p95, ms, {FEWER} clients; floor: a bare commit's"
    line(name, pair.ours.p95, pair.floor.p95, pair.of_p95, "<= 3.00")
    line("  p50, ms", pair.ours.p50, pair.floor.p50)


def _sizes(port: int, visitor: Any) -> None:
    from bench.load import get
    from bench.people import largest_screen

    for name, path in (
        ("60 items on one page", f"/responses/{visitor.sixty}/pages/all"),
        ("social, its largest page", f"/responses/{visitor.social}/pages/{largest_screen().id}"),
    ):
        body = _answered(port, get(path, visitor, more="Accept-Encoding: gzip\r\n"))
        line(f"page after the first load, KB with gzip: {name}", len(body) / 1024, None, None, "<= 15")
        line("  uncompressed, KB", len(gzip.decompress(body)) / 1024)


def _scoring() -> None:
    from bench.scoring import rate, rate_from_text

    line("PHQ-9 parse + hide + score, responses/s a core", rate(), None, None, ">= 100,000")
    line("  from JSON text", rate_from_text())


def _trail() -> None:
    from bench.trail import EVENTS, measure

    sealing, verifying = measure()
    line(f"seal {EVENTS:,} events, events/s", EVENTS / sealing)
    line("  seconds", sealing)
    line(f"verify {EVENTS:,} events, events/s", EVENTS / verifying)
    line("  seconds", verifying)


def _memory(processes: list[int], house: House) -> None:
    from bench.memory import loaded_at_start, pss

    held = [pss(pid) for pid in processes]
    line("memory (PSS), MB: 2 web processes + idle worker", sum(held), None, None, "<= 260")
    for name, own in zip(("web", "web", "worker"), held, strict=True):
        line(f"  {name}", own)
    modules, seconds, packages = loaded_at_start(house.environment)
    line("web start: modules", modules)
    line("  seconds to import and compose", seconds)
    print(f"  of {', '.join(packages)}")


if __name__ == "__main__":
    sys.exit(main())
