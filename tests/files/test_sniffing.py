"""What a file is comes from its content; what could act is not shown."""

from time import process_time

import pytest

from app.files.model import JPEG, PDF, PNG, TEXT, stem
from app.files.sniffing import is_passive, media_type_of
from app.lib.errors import Refused
from tests.files import samples


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (samples.PASSIVE_PDF, PDF),
        (samples.ACTING_PDF, PDF),
        (samples.jpeg(), JPEG),
        (samples.png(), PNG),
        ("Déjà vu — 12/8\r\n\tsuite".encode(), TEXT),
        ("Déjà vu".encode("cp1252"), TEXT),
        (b"\xef\xbb\xbfavec BOM", TEXT),
        (b"", "file.empty"),
        (samples.HEIC, "file.heic"),
        (b"PK\x03\x04 word/document.xml", "file.office"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old Word", "file.office"),
        (b"GIF89a....", "file.image_kind"),
        (b"RIFF....WEBPVP8 ", "file.image_kind"),
        (b"II*\0 tiff", "file.image_kind"),
        (bytes(128) + b"DICM", "file.image_kind"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "file.kind"),
        (b"  <svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'>", "file.kind"),
        (b"<?xml version='1.0'?><a/>", "file.kind"),
        (b"MZ\x90\0\x03\0", "file.kind"),
        (b"\x7fELF\x02\x01", "file.kind"),
        (b" %PDF-1.4 not at its start", TEXT),
        (samples.PASSIVE_PDF + b"PK\x05\x06" + bytes(18), "file.two_kinds"),
    ],
)
def test_what_it_is(content, found):
    if found.startswith("file."):
        with pytest.raises(Refused) as refusal:
            media_type_of(content)
        assert refusal.value.code == found
    else:
        assert media_type_of(content) == found


@pytest.mark.parametrize(
    ("content", "passive"),
    [
        (samples.PASSIVE_PDF, True),
        (samples.hidden_pdf(b"5 0 << /Type /Annot >>"), True),
        (samples.ACTING_PDF, False),
        (samples.PASSIVE_PDF.replace(b"/Page ", b"/Page /AA << /O << /S /Launch >> >> "), False),
        (samples.PASSIVE_PDF.replace(b"/Pages 2", b"/OpenAction [3 0 R /Fit] /Pages 2"), True),
        (samples.PASSIVE_PDF.replace(b"trailer", b"stream\n\x93/JS \x1f/AA(\nendstream trailer"), True),
        (samples.hidden_pdf(bytes(70 * 1024 * 1024)), False),
        (samples.PASSIVE_PDF.replace(b"/Page ", b"/Page /A << /S /L#61unch >> "), False),
        (samples.PASSIVE_PDF.replace(b"/Page ", b"/Page /EmbeddedFiles 7 0 R "), False),
        (samples.PASSIVE_PDF.replace(b"trailer <<", b"trailer << /Encrypt 8 0 R"), False),
        (samples.hidden_pdf(b"5 0 << /S /JavaScript /JS (x) >>"), False),
        (samples.hidden_pdf(b"5 0 <<>>", about=b"/Filter [/ASCIIHexDecode /FlateDecode]"), False),
        (samples.hidden_pdf(b"5 0 <<>>", about=b"/Filter /LZWDecode"), False),
        (samples.PASSIVE_PDF + b"<script>alert(1)</script>", False),
        (samples.PASSIVE_PDF[:-10], False),
    ],
)
def test_whether_a_pdf_only_shows_something(content, passive):
    assert is_passive(content) is passive


@pytest.mark.parametrize(
    "written", [b"<<" + b"a" * 4_000_000, b"<<" * 2_000_000, b"<<" + b"<<x>>" * 800_000, b"<a>" * 1_500_000]
)
def test_no_pdf_keeps_us_busy(written):
    began = process_time()
    assert is_passive(b"%PDF-1.4 " + written + b" %%EOF") is True
    assert process_time() - began < 5


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        ("../../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system32\\a.pdf", "a"),
        ("a\0b\r\nSet-Cookie: x.pdf", "a b Set-Cookie: x"),
        ("Compte rendu du 3.2.2026.pdf", "Compte rendu du 3.2.2026"),
        ("x" * 400 + ".pdf", "x" * 200),
    ],
)
def test_a_name_is_never_a_path(sent, named):
    assert stem(sent) == named
