"""The library of files and the manifest that keeps published versions as they are."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.questionnaires.library import Library, check_file, file_beside, library, lost_files, publish
from app.questionnaires.manifest import NAME, parse_manifest

Source = Callable[[str], str]
FILES = Path(__file__).parent / "files"
pytestmark = pytest.mark.capability("E17")


@pytest.fixture
def folder(tmp_path: Path, source: Source) -> Path:
    put(tmp_path, "tobacco", "1.0.0", source("tobacco"))
    put(tmp_path, "fluency", "1.0.0", source("fluency"))
    norms = tmp_path / "fluency" / "norms"
    norms.mkdir()
    for table in (FILES / "norms").glob("*.csv"):
        (norms / table.name).write_bytes(table.read_bytes())
    (tmp_path / NAME).write_text("")
    return tmp_path


def put(folder: Path, key: str, version: str, text: str) -> Path:
    path = folder / key / f"{version}.yml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def codes(path: Path) -> list[str]:
    return [trouble.code for trouble in check_file(path) if trouble.level == "error"]


def newer(text: str, version: str, lineage: str = 'replaces: "1.0.0", ') -> str:
    words = f"lineage: {{{lineage}changes: {{en: x, fr: x}}, scores_comparable: true}}\n"
    return text.replace('version: "1.0.0"', f'version: "{version}"').replace("languages:", words + "languages:", 1)


def test_a_published_file_never_changes(folder: Path) -> None:
    path, table = folder / "fluency/1.0.0.yml", folder / "fluency/norms/fluency_demo.csv"
    assert codes(path) == ["V01", "V01", "V01"]
    added, changed = publish(folder, ["fluency"])
    assert (sorted(added), changed) == (
        ["fluency/1.0.0.yml", "fluency/norms/fluency_demo.csv", "fluency/norms/fluency_scaled_demo.csv"],
        [],
    )
    assert codes(path) == []
    assert publish(folder, ["fluency"]) == ([], [])
    table.write_text(table.read_text().replace("19.0", "19.1"))
    assert codes(path) == ["V01"]
    before = (folder / NAME).read_text()
    assert publish(folder, ["fluency", "tobacco"])[1] == ["fluency/norms/fluency_demo.csv"]
    assert (folder / NAME).read_text() == before
    table.unlink()
    assert lost_files(folder) == ["fluency/norms/fluency_demo.csv"]


def test_a_draft_may_change(folder: Path, source: Source) -> None:
    path = put(folder, "tobacco", "1.0.0", source("tobacco").replace("status: published", "status: draft"))
    assert codes(path) == []
    assert publish(folder, ["tobacco"]) == ([], [])


def test_name_and_lineage(folder: Path, source: Source) -> None:
    text = source("tobacco")
    assert "V02" in codes(put(folder, "smoking", "1.0.0", text))
    assert "V02" in codes(put(folder, "tobacco", "2.0.0", text))
    assert "V03" in codes(put(folder, "tobacco", "1.1.0", newer(text, "1.1.0", "")))
    assert "V03" in codes(put(folder, "tobacco", "1.1.0", newer(text, "1.1.0", 'replaces: "0.9.0", ')))
    path = put(folder, "tobacco", "1.1.0", newer(text, "1.1.0"))
    publish(folder, ["tobacco"])
    (folder / "tobacco/2.0.0.yml").unlink()
    assert codes(path) == []


def test_every_version_is_kept_and_the_highest_published_is_current(folder: Path, source: Source) -> None:
    text = source("tobacco")
    put(folder, "tobacco", "1.9.0", newer(text, "1.9.0"))
    put(folder, "tobacco", "1.10.0", newer(text, "1.10.0"))
    put(folder, "tobacco", "2.0.0", newer(text, "2.0.0").replace("status: published", "status: draft"))
    shelf = Library(folder)
    assert shelf.versions("tobacco") == ["1.0.0", "1.9.0", "1.10.0", "2.0.0"]
    assert shelf.find("tobacco").version == "1.10.0"
    assert shelf.find("tobacco", "1.0.0").version == "1.0.0"
    assert shelf.find("tobacco") is shelf.find("tobacco", "1.10.0")
    assert [q.key for q in shelf.current()] == ["fluency", "tobacco"]
    for wrong in (("nothing", None), ("tobacco", "3.0.0")):
        with pytest.raises(KeyError):
            shelf.find(*wrong)


def test_norm_tables_stay_in_the_folder(folder: Path) -> None:
    read = file_beside(folder / "fluency/1.0.0.yml")
    assert read("norms/fluency_demo.csv")
    assert read("../tobacco/1.0.0.yml") is None
    assert read("/etc/passwd") is None
    assert read("norms") is None


def test_a_file_that_is_no_utf8(folder: Path) -> None:
    path = folder / "tobacco/1.0.0.yml"
    path.write_bytes("title: é".encode("latin-1"))
    assert codes(path) == ["Y03"]


def test_a_broken_manifest_says_where() -> None:
    with pytest.raises(ValueError, match=f"{NAME}:2"):
        parse_manifest(f"{'0' * 64}  a.yml\nnonsense\n")


def test_the_shipped_library_opens() -> None:
    shelf = library()
    assert shelf is library()
    assert [q.key for q in shelf.current()] == sorted(q.key for q in shelf.current())
    assert all(shelf.find(q.key, q.version) is q for q in shelf.current())
