"""Who may do what with answers, each cell of the table: whose voice it is, who asks, what they want to do."""

from itertools import product
from uuid import UUID

import pytest

from app.access.policy import WRITING, Actor, Permission, Role, Scope, allows, sees
from app.access.rights import USUAL_RIGHTS

PAUL, LEA, LYON, BREST = (UUID(int=n) for n in range(1, 5))
ACTORS = {
    # Answers for herself and for her daughter: one person, two voices.
    "claire for léa": Actor(UUID(int=9), Role.PATIENT, patients=frozenset({PAUL, LEA}), rights={LEA: USUAL_RIGHTS}),
    "paul himself": Actor(UUID(int=9), Role.PATIENT, patients=frozenset({PAUL, LEA}), rights={LEA: USUAL_RIGHTS}),
    "somebody else": Actor(UUID(int=8), Role.PATIENT, patients=frozenset({UUID(int=7)})),
    "the centre": Actor(UUID(int=6), Role.PRACTITIONER, organisation=LYON),
    "another centre": Actor(UUID(int=5), Role.PRACTITIONER, organisation=BREST),
}
ABOUT = {"claire for léa": LEA}
VOICES = ("patient", "proxy", "clinician")
READS = {("claire for léa", "proxy"), ("paul himself", "patient"), *(("the centre", voice) for voice in VOICES)}
WRITES = {("claire for léa", "proxy"), ("paul himself", "patient"), ("the centre", "clinician")}


def scope_of(who: str, answered_by: str) -> Scope:
    return Scope(ABOUT.get(who, PAUL), frozenset({LYON}), answered_by)


@pytest.mark.parametrize(("who", "answered_by"), list(product(ACTORS, VOICES)))
def test_who_reads_what_was_said_in_whose_voice(who, answered_by):
    scope = scope_of(who, answered_by)

    assert sees(ACTORS[who], scope) is ((who, answered_by) in READS)
    assert allows(ACTORS[who], Permission.RESPONSE_READ, scope) is ((who, answered_by) in READS)


@pytest.mark.parametrize(("who", "answered_by", "permission"), list(product(ACTORS, VOICES, sorted(WRITING))))
def test_who_writes_in_whose_voice(who, answered_by, permission):
    assert allows(ACTORS[who], permission, scope_of(who, answered_by)) is ((who, answered_by) in WRITES)
