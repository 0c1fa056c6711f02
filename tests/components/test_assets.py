"""What stands in static/: nothing unlisted, nothing from another site, every contrast as promised."""

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
SHEET = (STATIC / "app.css").read_text()
OURS = {
    "app.css",
    "app.js",
    "documents.js",
    "identity.js",
    "matrix.js",
    "sign_up.js",
    "sign_in.js",
    "passkeys.js",
    "altcha/cohorte.css",
    "mark.svg",
    "favicon-32.png",
    "touch-icon-180.png",
    "VENDORED.md",
    "nhsuk-frontend-licence.txt",
    "fonts/OFL.txt",
}
COLOURS = dict(re.findall(r"\$([\w-]+):\s*(#[0-9a-f]{6})", (ROOT / "components/styles/_tokens.scss").read_text())) | {
    "white": "#ffffff"
}
TEXT = [
    ("ink", "paper"),
    ("ink", "card"),
    ("ink-2", "paper"),
    ("ink-2", "paper-2"),
    ("ink", "paper-2"),
    ("petrol-700", "paper"),
    ("white", "petrol-700"),
    ("petrol-100", "petrol-900"),
    ("petrol-900", "apricot"),
    ("petrol-200", "#23444a"),
    ("green-800", "green-100"),
    ("amber-900", "amber-100"),
    ("red-900", "red-100"),
    ("violet-800", "violet-100"),
    ("blue-800", "blue-100"),
    ("red-700", "card"),
    ("ink", "focus"),
    ("#5b3512", "card"),
]
SHAPES = [
    ("red-700", "paper"),
    ("field", "card"),
    ("field", "paper"),
    ("ink-3", "card"),
    ("ink", "paper"),
    ("focus", "petrol-900"),
    ("petrol-700", "#f1c9ac"),
    ("petrol-700", "line"),
]


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def listed():
    text = (STATIC / "VENDORED.md").read_text()
    return dict(re.findall(r"^\| `([^`]+)` .*\| `([0-9a-f]{64})` \|$", text, re.MULTILINE))


def test_every_file_is_ours_or_listed_with_its_hash():
    assert {name: sha256(STATIC / name) for name in listed()} == listed()
    here = {file.relative_to(STATIC).as_posix() for file in STATIC.rglob("*") if file.is_file()}
    assert here == OURS | {name for name in listed() if not name.startswith("..")}


def test_the_style_sheet_asks_no_other_site_and_names_each_file_with_its_content():
    addresses = re.findall(r"url\(\"?([^)\"]+)\"?\)", SHEET)
    assert addresses
    for address in addresses:
        name, _, version = address.partition("?v=")
        assert version == sha256(STATIC / name)[:12]
    assert "http" not in SHEET
    assert "Frutiger" not in SHEET


def test_the_lock_names_no_host_to_fetch_from():
    lock = (ROOT / "components/package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert lock.count('"integrity"') > 4


def light(colour):
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize(("front", "back", "needed"), [(*pair, 4.5) for pair in TEXT] + [(*pair, 3) for pair in SHAPES])
def test_contrast(front, back, needed):
    bright, dark = sorted((light(COLOURS.get(name, name)) for name in (front, back)), reverse=True)
    assert (bright + 0.05) / (dark + 0.05) >= needed
