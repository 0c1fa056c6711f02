"""What lies in the store opens with its own key alone, whole and unaltered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.files.sealing import CHUNK, MARK, PREFIX, TAG, Broken, new_key, seal, unseal
from app.lib.ids import new_id

FILE, KEY = new_id(), new_key()
AROUND = st.integers(-2, 2).flatmap(lambda off: st.integers(0, 3).map(lambda n: max(0, n * CHUNK + off)))
HEAD, STEP = len(MARK) + PREFIX, CHUNK + TAG
THREE = seal(bytes(range(256)) * 600, KEY, FILE)


@given(st.binary(max_size=64), AROUND)
def test_what_is_sealed_opens_again_at_any_length(start, length):
    content = (start + bytes(length))[:length] if length else start

    assert unseal(seal(content, KEY, FILE), KEY, FILE) == content


def test_two_sealings_of_one_content_share_nothing():
    assert seal(b"the same", KEY, FILE)[HEAD:] != seal(b"the same", KEY, FILE)[HEAD:]
    assert b"the same" not in seal(b"the same", KEY, FILE)


@given(st.integers(0, len(THREE) - 1), st.integers(1, 255))
def test_any_altered_byte_is_seen(place, flip):
    altered = bytearray(THREE)
    altered[place] ^= flip

    with pytest.raises(Broken):
        unseal(bytes(altered), KEY, FILE)


@pytest.mark.parametrize(
    "altered",
    [
        THREE[: HEAD + 2 * STEP],
        THREE[: HEAD + STEP],
        THREE[:HEAD],
        THREE[:-1],
        THREE + bytes(16),
        THREE[:HEAD] + THREE[HEAD + STEP : HEAD + 2 * STEP] + THREE[HEAD : HEAD + STEP] + THREE[HEAD + 2 * STEP :],
        THREE[:HEAD] + THREE[HEAD + STEP :],
        THREE + THREE[HEAD:],
        b"",
    ],
    ids=["cut by a chunk", "cut by two", "no chunk", "cut", "longer", "swapped", "first gone", "twice", "empty"],
)
def test_chunks_that_were_moved_or_cut_off_do_not_open(altered):
    with pytest.raises(Broken):
        unseal(altered, KEY, FILE)


def test_another_key_or_another_file_does_not_open():
    for key, file in ((new_key(), FILE), (KEY, new_id())):
        with pytest.raises(Broken):
            unseal(THREE, key, file)
