"""What identifies a person is sealed: bound to its place, opened by the ring, found by keyed hashes."""

import pytest
from cryptography.exceptions import InvalidTag

from app.lib.crypto import KeyRing
from app.lib.ids import new_id
from app.settings import IdentityKeys

OLD, NEW, LOOKUP = b"o" * 32, b"n" * 32, b"l" * 32
RING = KeyRing(IdentityKeys("old", {"old": OLD}, LOOKUP))
ROTATED = KeyRing(IdentityKeys("new", {"old": OLD, "new": NEW}, LOOKUP))
NEWEST = KeyRing(IdentityKeys("new", {"new": NEW}, LOOKUP))


@pytest.fixture
def person():
    """A person's id and open key."""
    one = new_id()
    return one, RING.open(RING.new_key(one), one)


@pytest.mark.parametrize("text", ["", "Léa", "BENALI Nadia 🙂", "x" * 10_000])
def test_what_is_sealed_opens_again(person, text):
    one, key = person

    assert key.open(key.seal(text, one, "patient.given_names"), one, "patient.given_names") == text


def test_two_seals_of_one_text_differ(person):
    one, key = person

    assert key.seal("Léa", one, "x") != key.seal("Léa", one, "x")


def test_a_sealed_text_opens_in_its_own_place_only(person):
    one, key = person
    sealed = key.seal("Léa", one, "patient.given_names")

    for row, column in [(new_id(), "patient.given_names"), (one, "patient.family_name")]:
        with pytest.raises(InvalidTag):
            key.open(sealed, row, column)


def test_an_altered_text_does_not_open(person):
    one, key = person
    sealed = key.seal("Léa", one, "x")

    with pytest.raises(InvalidTag):
        key.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), one, "x")


def test_after_a_rotation_old_and_new_keys_open():
    one = new_id()
    wrapped = RING.new_key(one)
    sealed = RING.open(wrapped, one).seal("Léa", one, "x")

    rewrapped = ROTATED.rewrap(wrapped, one)

    assert ROTATED.open(wrapped, one).open(sealed, one, "x") == "Léa"
    assert NEWEST.open(rewrapped, one).open(sealed, one, "x") == "Léa"
    with pytest.raises(KeyError):
        NEWEST.open(wrapped, one)


def test_a_wrapped_key_belongs_to_one_person():
    one = new_id()

    with pytest.raises(InvalidTag):
        RING.open(RING.new_key(one), new_id())


def test_a_look_up_is_the_same_for_the_same_kind_and_value():
    assert RING.lookup("account.email", "a@b.c") == ROTATED.lookup("account.email", "a@b.c")
    assert RING.lookup("account.email", "a@b.c") != RING.lookup("account.email", "a@b.d")
    assert RING.lookup("account.email", "a@b.c") != RING.lookup("patient.token", "a@b.c")
