"""Whoever takes over the database server cannot change the trail unseen: each way of tampering is found and named."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest

from app.audit.actions import seal
from app.audit.hashing import COLUMNS, COLUMNS_ADDED, chain_hash, content_hash, details_text
from app.lib.ids import new_id
from tests.audit.conftest import BATCH, BEGAN, EVENTS, write_event
from tests.live import ROOT

PARTS = ", ".join((*COLUMNS, *COLUMNS_ADDED))
AFTERWARDS = BEGAN + timedelta(hours=8)


def cohorte(trail, *words):
    """The command as an operator runs it."""
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "audit", *words],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": trail.dsn},
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def rehash(trail, event):
    """Give an event that was changed the hash that fits it."""
    *parts, details = trail.tamper(f"SELECT {PARTS}, details::text FROM audit_event WHERE id = %s", event)[0]
    parts[7] = details_text(details)
    trail.tamper("UPDATE audit_event SET content_hash = %s WHERE id = %s", content_hash(parts), event)


def column_altered(trail):
    event = trail.event(7)
    trail.tamper("UPDATE audit_event SET actor = gen_random_uuid() WHERE id = %s", event)
    return [f"ALTERED: event {event} (link 7, "]


def role_invented(trail):
    event = trail.event(8)
    trail.tamper("UPDATE audit_event SET role = 'None' WHERE id = %s", event)
    return [f"ALTERED: event {event} (link 8, "]


def details_altered(trail):
    event = trail.event(9)
    trail.tamper('UPDATE audit_event SET details = details || \'{"page": "scores"}\' WHERE id = %s', event)
    return [f"ALTERED: event {event} (link 9, "]


def altered_and_hashed_anew(trail):
    event = trail.event(10)
    trail.tamper("UPDATE audit_event SET patient = gen_random_uuid() WHERE id = %s", event)
    rehash(trail, event)
    return [f"ALTERED: event {event} (link 10, 2026-11-01 08:00:09 UTC) was written anew, hash included"]


def event_deleted(trail):
    event = trail.event(11)
    trail.tamper("DELETE FROM audit_event WHERE id = %s", event)
    return [f"MISSING: event {event} (link 11, sealed 2026-11-01 09:00:11 UTC) is gone."]


def event_and_link_deleted(trail):
    event = trail.event(12)
    trail.tamper("DELETE FROM audit_chain WHERE seq = 12")
    trail.tamper("DELETE FROM audit_event WHERE id = %s", event)
    return ["MISSING: link 12 and its event are gone."]


def links_deleted(trail):
    trail.tamper("DELETE FROM audit_event USING audit_chain c WHERE c.event = id AND c.seq BETWEEN 12 AND 20")
    trail.tamper("DELETE FROM audit_chain WHERE seq BETWEEN 12 AND 20")
    return ["MISSING: links 12 to 20 and their events are gone."]


def link_deleted_and_the_rest_moved_up(trail):
    trail.tamper("DELETE FROM audit_chain WHERE seq = 38")
    trail.tamper("UPDATE audit_chain SET seq = seq - 1 WHERE seq > 38")
    return ["link 38", "link 39"]


def events_swapped(trail):
    fifth, sixth = trail.event(5), trail.event(6)
    for seq, event in ((5, new_id()), (6, fifth), (5, sixth)):
        trail.tamper("UPDATE audit_chain SET event = %s WHERE seq = %s", event, seq)
    trail.tamper(
        "UPDATE audit_chain c SET event_hash = e.content_hash FROM audit_event e"
        " WHERE e.id = c.event AND c.seq IN (5, 6)"
    )
    return [
        f"REORDERED: event {sixth} (link 5, 2026-11-01 08:00:05 UTC) was sealed as link 6.",
        f"REORDERED: event {fifth} (link 6, 2026-11-01 08:00:04 UTC) was sealed as link 5.",
    ]


def links_swapped(trail):
    early, late = trail.event(4), trail.event(24)
    for old, new in ((4, -4), (24, 4), (-4, 24)):
        trail.tamper("UPDATE audit_chain SET seq = %s WHERE seq = %s", new, old)
    return [f"REORDERED: event {late} (link 4, ", f"REORDERED: event {early} (link 24, "]


def chain_hash_altered(trail):
    event = trail.event(13)
    trail.tamper("UPDATE audit_event SET organisation = NULL WHERE id = %s", event)
    rehash(trail, event)
    trail.tamper(
        "UPDATE audit_chain SET event_hash = e.content_hash, chain_hash = sha256(e.content_hash)"
        " FROM audit_event e WHERE e.id = event AND seq = 13"
    )
    return [f"BROKEN: link 13 does not follow from the one before it: it was altered or inserted (event {event}, "]


def seal_back_dated(trail):
    trail.tamper("UPDATE audit_chain SET sealed_at = sealed_at - interval '1 hour' WHERE seq = 31")
    return ["BROKEN: link 31 does not follow"]


def forge(trail, at):
    """An event that is right in itself, made of another one."""
    *parts, _ = trail.tamper(f"SELECT {PARTS}, content_hash FROM audit_event LIMIT 1")[0]
    parts[:2] = new_id(), at
    parts[7] = '{"page": "summary"}'
    places = ", ".join(["%s"] * (len(parts) + 1))
    trail.tamper(f"INSERT INTO audit_event ({PARTS}, content_hash) VALUES ({places})", *parts, content_hash(parts))
    return parts[0]


def forged_behind_the_seal(trail):
    event = forge(trail, BEGAN + timedelta(minutes=30))
    return [f"INSERTED: event {event} (not sealed) says 2026-11-01 08:30:00 UTC, but the trail was sealed up to"]


def forged_and_sealed(trail):
    event = forge(trail, BEGAN + timedelta(minutes=30))
    trail.do(seal(at=AFTERWARDS, whole=True))
    return [f"INSERTED: event {event} (link {EVENTS + 1}) says 2026-11-01 08:30:00 UTC, but was not there when"]


def forged_with_a_link_of_its_own(trail):
    event = forge(trail, BEGAN + timedelta(minutes=30))
    before, event_hash = trail.tamper(
        "SELECT c.chain_hash, e.content_hash FROM audit_chain c, audit_event e WHERE c.seq = %s AND e.id = %s",
        EVENTS,
        event,
    )[0]
    sealed_at = BEGAN + timedelta(minutes=31)
    made = chain_hash(before, EVENTS + 1, event, event_hash, sealed_at)
    link = (EVENTS + 1, event, event_hash, made, sealed_at)
    trail.tamper("INSERT INTO audit_chain VALUES (%s, %s, %s, %s, %s)", *link)
    return [f"INSERTED: link {EVENTS + 1} (event {event}, 2026-11-01 08:30:00 UTC) says it was sealed before"]


def unsealed_altered(trail):
    trail.do(write_event(AFTERWARDS))
    ((event,),) = trail.tamper("UPDATE audit_event SET actor = subject WHERE at = %s RETURNING id", AFTERWARDS)
    return [f"ALTERED: event {event} (no link, 2026-11-01 16:00:00 UTC) is not what was written."]


WAYS = [
    column_altered,
    role_invented,
    details_altered,
    altered_and_hashed_anew,
    event_deleted,
    event_and_link_deleted,
    links_deleted,
    link_deleted_and_the_rest_moved_up,
    events_swapped,
    links_swapped,
    chain_hash_altered,
    seal_back_dated,
    forged_behind_the_seal,
    forged_and_sealed,
    forged_with_a_link_of_its_own,
    unsealed_altered,
]


@pytest.mark.capability("T23")
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_each_way_of_tampering_is_found_and_named(trail, way):
    named = way(trail)

    code, said = cohorte(trail, "verify")

    assert code == 1
    for words in named:
        assert words in said
    faults = [line for line in said.splitlines() if line.split(":")[0].isupper()]
    assert len(faults) <= 2 * len(named) + 1, f"one act, and {len(faults)} lines about it"


def test_a_whole_trail_is_called_whole(trail):
    code, said = cohorte(trail, "verify")

    assert code == 0
    assert said.splitlines() == [
        f"{EVENTS} sealed events read, up to link {EVENTS}, sealed 2026-11-01 11:00:11 UTC.",
        "The trail is whole.",
    ]


def test_events_that_wait_for_the_sealer_are_counted(trail):
    for number in range(3):
        trail.do(write_event(AFTERWARDS + timedelta(minutes=number)))

    code, said = cohorte(trail, "verify")

    assert code == 0
    assert "3 events are not sealed yet; the oldest is of 2026-11-01 16:00:00 UTC." in said


def test_a_head_kept_outside_shows_that_the_end_was_cut_off(trail):
    _, kept = cohorte(trail, "head")
    assert cohorte(trail, "verify", "--head", kept)[0] == 0
    trail.tamper("DELETE FROM audit_event USING audit_chain c WHERE c.event = id AND c.seq > %s", EVENTS - BATCH)
    trail.tamper("DELETE FROM audit_chain WHERE seq > %s", EVENTS - BATCH)

    assert cohorte(trail, "verify")[0] == 0, "inside the database nothing tells"
    code, said = cohorte(trail, "verify", "--head", kept)

    assert code == 1
    lost = f"links {EVENTS - BATCH + 1} to {EVENTS}"
    assert f"CUT OFF: the trail ends too early; by the head kept outside it went on with {lost}" in said


def test_a_head_kept_outside_shows_that_all_was_written_anew(trail):
    _, kept = cohorte(trail, "head")
    trail.tamper("DELETE FROM audit_event WHERE id = %s", trail.event(3))
    trail.tamper("DELETE FROM audit_chain")
    trail.do(seal(at=AFTERWARDS, whole=True))
    trail.do(write_event(AFTERWARDS))
    trail.do(seal(at=AFTERWARDS))

    assert cohorte(trail, "verify")[0] == 0, "inside the database nothing tells"
    code, said = cohorte(trail, "verify", "--head", kept)

    assert code == 1
    assert f"REWRITTEN: link {EVENTS} is not the one that the head kept outside names" in said


def test_a_head_that_is_none_is_refused(trail):
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "audit", "verify", "--head", "12:abc"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "'12:abc' is not a head" in done.stderr
