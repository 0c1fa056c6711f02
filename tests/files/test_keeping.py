from app.files.actions import keep_file
from app.files.model import Kind, Upload
from app.files.queries import list_files, open_file
from app.lib import clock


async def test_what_is_kept_is_found_and_read_again(db, people):
    by = people["ines"].actor
    file = await keep_file(by, people.paul_patient, Upload("Bilan.txt", "", b"Bonjour"), Kind.REPORT, at=clock.now())

    about, content = await open_file(file)

    assert (about.name, about.media_type, content) == ("Bilan", "text/plain", b"Bonjour")
    assert [one.id for one in await list_files(by, people.paul_patient)] == [file]
    assert await list_files(people["zoe"].actor, people.paul_patient) == []
