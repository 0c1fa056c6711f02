"""Forms with files: read into memory, dropped where they are too large, refused where they are no form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multipart import MultipartError

from app.files.model import LARGEST
from app.lib import uploads
from app.lib.uploads import read_parts


def body(*parts: tuple[str, bytes]) -> bytes:
    head = b"--edge\r\nContent-Disposition: form-data; %s\r\n\r\n"
    return b"".join(head % about.encode() + content + b"\r\n" for about, content in parts) + b"--edge--\r\n"


async def pieces(whole: bytes, size: int):
    for start in range(0, len(whole), size):
        yield whole[start : start + size]
    yield b""


FORM = body(
    ('name="kind"', "été".encode()),
    ('name="files"; filename="a b.pdf"', b"%PDF-\r\n--edg e" * 40),
    ('name="files"; filename=""', b""),
)


@given(st.integers(1, 400))
async def test_however_it_comes_in_pieces(size):
    kind, file, none = await read_parts(pieces(FORM, size), "edge")

    assert (kind.name, kind.file_name, kind.content.decode()) == ("kind", None, "été")
    assert (file.file_name, bytes(file.content), file.size) == ("a b.pdf", b"%PDF-\r\n--edg e" * 40, 560)
    assert not none.file_name


async def test_what_is_too_large_is_dropped_and_the_rest_kept(monkeypatch):
    monkeypatch.setattr(uploads, "LARGEST_FILE", 100)
    monkeypatch.setattr(uploads, "LARGEST_TOGETHER", 150)
    parts = [
        ('name="f"; filename="1"', b"x" * 101),
        ('name="f"; filename="2"', b"x" * 90),
        ('name="f"; filename="3"', b"x" * 90),
    ]

    large, kept, beyond, title = await read_parts(pieces(body(*parts, ('name="title"', b"t")), 7), "edge")

    assert (large.too_large, large.alone_too_large, bytes(large.content)) == (True, True, b"")
    assert (kept.too_large, len(kept.content)) == (False, 90)
    assert (beyond.too_large, beyond.alone_too_large) == (True, False)
    assert title.content == b"t"


@pytest.mark.parametrize("sent", [b"", b"no form at all, whatever it is", FORM[:80], b"--edge\r\n\r\n\r\n--edge--"])
async def test_what_is_no_form_is_refused(sent):
    with pytest.raises(MultipartError):
        await read_parts(pieces(sent, 50), "edge")


def test_both_limits_are_one():
    assert uploads.LARGEST_FILE == LARGEST
