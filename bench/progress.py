"""A trial at a centre of 1,000, 10,000, 100,000 participants with twenty visits each: how long a page of its progress
takes, how large it is, and how that grows. `python -m bench.progress`."""

import asyncio
import gzip
import http.client
import logging
import time
from collections.abc import Callable
from random import Random
from typing import Any
from uuid import UUID

from bench.house import House, opened
from bench.patients import Ask, Reader, _analyse, _p95, _reader

SIZES = (1_000, 10_000, 100_000)
VISITS = 20
KEY = "measured"
BASE = f"/trials/{KEY}/progress"
TRIAL = f"""
format: 1
key: {KEY}
version: "1.0.0"
title: {{en: Measured trial, fr: Essai mesuré}}
sponsor: Nobody
principal_investigator: Nobody
source: made for measuring
time_zone: Europe/Paris
consents:
  - {{id: main, version: "1.0", title: {{en: Study, fr: Étude}}, signed_by: [patient]}}
eligibility:
  - {{id: adult, text: {{en: 18 or older, fr: 18 ans ou plus}}, rule: age >= 18}}
visits:
  - id: home
    title: {{en: Follow-up, fr: Suivi}}
    repeat: {{every: 1 month, times: {VISITS}}}
    best: [-3 days, 3 days]
    permitted: [-7 days, 10 days]
    modules:
      - {{id: self, title: {{en: Self-report, fr: Auto-questionnaires}}, who: patient, questionnaires: [phq9, gad7]}}
sdv: {{plan: critical, critical: [phq9.q9]}}
"""
ASKED = """[{"module": "self", "key": "phq9", "who": "patient", "required": true, "once": false},
            {"module": "self", "key": "gad7", "who": "patient", "required": true, "once": false}]"""
PATIENT = ("id", "root", "code", "data_key", "given_names", "family_name", "birth_date", "sex", "created_at")
AFFILIATION = ("id", "patient", "organisation", "status", "valid_from", "active_at")
# Everybody joined within the last four years; of ten visits that could be held eight were, and half of those signed.
ENROL = """
INSERT INTO screening (id, patient, trial, version, organisation, outcome, screened_by, screened_at)
SELECT p.id, p.id, $1, $2, $3, 'eligible', $4, now() FROM patient p
WHERE NOT EXISTS (SELECT FROM screening s WHERE s.patient = p.id)
"""
JOIN = """
INSERT INTO enrolment (id, patient, trial, version, organisation, screening, included_on, state, ended_on, enrolled_by,
                       enrolled_at)
SELECT s.id, s.patient, s.trial, s.version, s.organisation, s.id,
       current_date - 60 - (n * 7 % 1400)::int, CASE WHEN n % 10 = 0 THEN 'withdrawn' ELSE 'active' END,
       CASE WHEN n % 10 = 0 THEN current_date - 30 END, $1, now()
FROM (SELECT *, row_number() OVER (ORDER BY patient) AS n FROM screening) AS s
WHERE NOT EXISTS (SELECT FROM enrolment e WHERE e.id = s.id)
"""
VISIT = """
INSERT INTO visit (id, patient, enrolment, trial, version, organisation, visit, number, target, best_from, best_to,
                   permitted_from, permitted_to, asked, started_on, completed_on, signed_at)
SELECT gen_random_uuid(), e.patient, e.id, e.trial, e.version, e.organisation, 'home', n, target, target - 3,
       target + 3, target - 7, target + 10, %(asked)s::jsonb, done, done,
       CASE WHEN done IS NOT NULL AND chance < 0.4 THEN now() END
FROM enrolment e CROSS JOIN generate_series(0, %(visits)s - 1) AS n
CROSS JOIN LATERAL (SELECT e.included_on + n * 30 AS target, random() + 0 * n AS chance) AS t
CROSS JOIN LATERAL (SELECT CASE WHEN target <= current_date - 11 AND chance < 0.8 THEN target END AS done) AS h
WHERE NOT EXISTS (SELECT FROM visit v WHERE v.enrolment = e.id)
"""


def main(sizes: tuple[int, ...] = SIZES) -> None:
    with opened() as house:
        print(f"{'p95 in ms, one client':<58}" + "".join(f"{size:>11,}" for size in sizes) + f"{'growth':>9}")
        for name, figures in measure(house, sizes).items():
            growth = f"{figures[-1] / figures[0]:>9.2f}"
            print(f"{name:<58}" + "".join(f"{one:>11.1f}" for one in figures) + growth)


def measure(house: House, sizes: tuple[int, ...] = SIZES) -> dict[str, list[float]]:
    """Of each page, the 95th percentile in milliseconds at each size; of some their bytes."""
    from app.questionnaires import library as shipped
    from bench.sixty import make_library

    logging.disable(logging.INFO)
    if not any(house.library.iterdir()):
        make_library(house.library, shipped.FOLDER)
    reader = asyncio.run(_reader())
    trial, version = asyncio.run(_trial(reader))
    port, _ = house.start_web("ours")
    found: dict[str, list[float]] = {}
    before = 0
    for size in sizes:
        code = asyncio.run(_grow(reader, trial, version, before, size))
        _hold_visits(house)
        _analyse(house)
        before = size
        for name, ask in _pages(reader, code).items():
            found.setdefault(f"progress, {name}", []).append(_p95(port, reader, ask))
        for name, address in (("matrix", BASE), ("matrix as a list", f"{BASE}?view=list")):
            body = _read(port, reader, address)
            found.setdefault(f"  {name}, KB", []).append(len(body) / 1024)
            found.setdefault(f"  {name}, KB with gzip", []).append(len(gzip.compress(body, 3)) / 1024)
        began = time.perf_counter()
        rows = _read(port, reader, f"{BASE}/export.csv").count(b"\n")
        found.setdefault("  CSV, lines per second", []).append(rows / (time.perf_counter() - began))
    return found


async def _trial(reader: Reader) -> tuple[UUID, UUID]:
    """The trial, applied and open at the centre with a target; its id and version."""
    from datetime import timedelta

    from app.audit.actions import NOBODY
    from app.lib import clock, db
    from app.questionnaires.library import library
    from app.trials.applying.actions import apply_trial
    from app.trials.format.reading import read_trial
    from app.trials.library import find_trial
    from app.trials.sites.actions import open_site
    from app.trials.sites.model import Hope

    await db.start_pool()
    at = clock.now()
    await apply_trial(NOBODY, TRIAL, read_trial(TRIAL, library()), at=at)
    since = at.date() - timedelta(days=1_500)
    await open_site(NOBODY, KEY, reader.centre, since, Hope(2_000, at.date() + timedelta(days=300)), at=at)
    found = await find_trial(KEY)
    await db.close_pool()
    assert found is not None
    return found.id, found.version


async def _grow(reader: Reader, trial: UUID, version: UUID, before: int, size: int) -> str:
    """So many take part; the code of one of them. What is sealed about them is never opened here."""
    from app.lib import clock, db
    from app.lib.ids import new_id
    from bench.crowd import _code

    await db.start_pool()
    now = clock.now()
    people = [(number, new_id()) for number in range(before, size)]
    async with db.transaction(), db.connection() as link:
        patients = [(one, one, _code(number), b"-", b"-", b"-", b"-", "female", now) for number, one in people]
        await link.copy_records_to_table("patient", records=patients, columns=PATIENT)
        followed = [(new_id(), one, reader.centre, "active", now.date(), now) for _, one in people]
        await link.copy_records_to_table("affiliation", records=followed, columns=AFFILIATION)
        await link.execute(ENROL, trial, version, reader.centre, reader.account, timeout=600)
        await link.execute(JOIN, reader.account, timeout=600)
    await db.close_pool()
    return _code(Random(size).randrange(size))  # noqa: S311 - the same one each time


def _hold_visits(house: House) -> None:
    """Their visits, as rows."""
    import psycopg

    with psycopg.connect(house.server.owner_dsn) as link:
        link.execute(VISIT, {"asked": ASKED, "visits": VISITS})


def _pages(reader: Reader, code: str) -> dict[str, Ask]:
    from urllib.parse import urlencode

    def fixed(address: str) -> Callable[[], tuple[str, str, str]]:
        return lambda: ("GET", address, "")

    body = urlencode({"_csrf_token": reader.form_token, "code": code})
    return {
        "matrix with recruitment": fixed(BASE),
        "matrix, overdue": fixed(f"{BASE}?show=overdue"),
        "matrix, to sign": fixed(f"{BASE}?show=to_sign"),
        "matrix, by code": fixed(f"{BASE}?order=code"),
        "search, whole code": lambda: ("POST", f"{BASE}/search", body),
        "overdue visits": fixed(f"{BASE}/overdue"),
        "completeness": fixed(f"{BASE}/completeness"),
    }


def _read(port: int, reader: Reader, address: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers: dict[str, Any] = {"Cookie": reader.cookie, "Accept-Language": "fr"}
    connection.request("GET", address, None, headers)
    reply = connection.getresponse()
    body = reply.read()
    connection.close()
    if reply.status != 200:
        raise RuntimeError(f"{address}: {reply.status}")
    return body


if __name__ == "__main__":
    main()
