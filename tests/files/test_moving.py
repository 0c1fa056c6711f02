"""A document that goes to another record opens there, and under that person's key alone."""

from app.files.actions import edit_file, keep_files, move_files
from app.files.model import About, Kind, Upload
from app.files.queries import find_file, former_of, open_file
from app.lib import clock
from app.lib.db import fetch_value
from app.patients.queries import keys_of


async def test_what_moves_is_sealed_anew(db, people):
    ines, at = people["ines"].actor, clock.now()
    about = About(Kind.REPORT, "Premier titre", None, "Une note")
    (file,) = await keep_files(ines, people.paul_patient, [Upload("a.txt", "", b"content")], about, at=at)
    await edit_file(ines, file, About(Kind.REPORT, "Second titre"), 1, at=at)

    await move_files(ines.id, [file], people.lea_patient, at=at)

    moved, content = await open_file(file)
    assert (moved.patient, moved.name, content) == (people.lea_patient, "Second titre", b"content")
    assert [one["name"] for one in await former_of(file)] == ["Premier titre"]
    assert (await find_file(file)).note == ""
    key = (await keys_of([people.lea_patient]))[people.lea_patient]
    assert key.open(await fetch_value("SELECT content_key FROM file WHERE id = $1", file), file, "file.content_key")
