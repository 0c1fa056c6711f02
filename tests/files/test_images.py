"""Pictures lose what stands beside them and not a dot of themselves."""

from io import BytesIO

import pytest
from PIL import Image, ImageOps

from app.files.images import cleaned
from app.files.model import JPEG, PNG
from app.lib.errors import Refused
from tests.files import samples


def dots(content: bytes) -> bytes:
    with Image.open(BytesIO(content)) as image:
        return ImageOps.exif_transpose(image).tobytes()


@pytest.mark.parametrize(
    ("content", "kind"), [(samples.jpeg(turned=6), JPEG), (samples.jpeg(progressive=True), JPEG), (samples.png(), PNG)]
)
def test_places_names_and_devices_go_and_every_dot_stays(content, kind):
    kept = cleaned(content, kind)

    assert b"Secret" in content
    assert b"Secret" not in kept
    assert dots(kept) == dots(content)
    with Image.open(BytesIO(kept)) as image:
        assert set(image.getexif()) <= {0x0112}


def test_the_way_the_camera_was_held_stays():
    with Image.open(BytesIO(cleaned(samples.jpeg(turned=6), JPEG))) as image:
        assert image.getexif() == {0x0112: 6}


@pytest.mark.parametrize(("content", "kind"), [(samples.jpeg(), JPEG), (samples.png(), PNG)])
def test_what_follows_a_picture_is_cut_off(content, kind):
    assert cleaned(content + b"<script>PK\x03\x04", kind) == cleaned(content, kind)


def test_a_picture_that_another_holds_goes_with_it():
    thumbnail = samples.jpeg(width=20)
    exif = Image.Exif()
    exif[0x010F] = "x"
    out = BytesIO()
    with Image.open(BytesIO(samples.jpeg())) as image:
        image.save(out, "JPEG", exif=exif.tobytes() + thumbnail)
    assert thumbnail[-20:] in out.getvalue()
    assert thumbnail[-20:] not in cleaned(out.getvalue(), JPEG)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (samples.jpeg()[:200], JPEG),
        (samples.jpeg()[:-400], JPEG),
        (b"\xff\xd8\xff\xe0 no picture", JPEG),
        (samples.png()[:60], PNG),
        (samples.png().replace(b"IDAT", b"IDAX"), PNG),
    ],
)
def test_a_damaged_picture_is_said_to_be(content, kind):
    with pytest.raises(Refused) as refusal:
        cleaned(content, kind)
    assert refusal.value.code == "file.damaged"


def test_a_picture_too_large_to_draw_is_refused_unseen():
    out = BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    with pytest.raises(Refused) as refusal:
        cleaned(out.getvalue(), PNG)
    assert refusal.value.code == "file.too_many_pixels"
