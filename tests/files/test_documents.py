"""The Documents tab and a patient's documents: who sees which, what is kept, under which headers it travels."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.files.actions import keep_file, keep_files, remove_file
from app.files.model import About, Kind, Upload
from app.files.queries import find_file, list_files, open_file
from app.lib import clock, uploads
from app.lib.db import execute, fetch, fetch_value
from app.lib.throttle import Limit
from app.portal.documents import routes
from tests.browser import read, text_of
from tests.files import samples

LETTER = Upload("Courrier.pdf", "application/pdf", samples.PASSIVE_PDF)
SCAN = Upload("IRM.png", "image/png", samples.png())


async def kept(people: Any, upload: Upload = LETTER, kind: Kind = Kind.LETTER, who: str = "ines") -> Any:
    return await keep_file(people[who].actor, people.paul_patient, upload, kind, at=clock.now())


def sent(*files: tuple[str, bytes]) -> list[tuple[str, tuple[str, bytes, str]]]:
    return [("files", (name, content, "application/octet-stream")) for name, content in files]


async def add(browser: Any, people: Any, *files: tuple[str, bytes], **fields: str) -> httpx.Response:
    url = f"/patients/{people.paul_patient}/documents"
    reply: httpx.Response = await browser.post(url, data={"kind": "report"} | fields, files=sent(*files))
    return reply


@pytest.mark.capability("A2")
async def test_a_team_adds_several_at_once_and_finds_them(browser_for, people):
    ines = browser_for("ines")
    reply = await add(
        ines, people, ("IRM.png", samples.png()), ("Bilan.pdf", samples.PASSIVE_PDF), taken_on="2026-03-02"
    )

    assert reply.headers["location"] == f"/patients/{people.paul_patient}/documents?added=2"
    page = await ines.page(reply.headers["location"])
    assert "2 documents were added" in text_of(page.select_one("#main"))
    assert {text_of(one) for one in page.select("tbody th a")} == {"IRM", "Bilan"}
    assert "2 Mar 2026" in text_of(page.select_one("tbody")).replace("\xa0", " ")


async def test_lists_hold_no_foreign_document(browser_for, people):
    await keep_file(people["zoe"].actor, people.yann_patient, LETTER, Kind.LETTER, at=clock.now())
    await kept(people, SCAN)

    page = await browser_for("ines").page(f"/patients/{people.paul_patient}/documents")

    assert [text_of(one) for one in page.select("tbody th a")] == ["IRM"]
    assert (await browser_for("ines").get(f"/patients/{people.yann_patient}/documents")).status_code == 404


@pytest.mark.parametrize("who", ["zoe", "yann", "claire", "odile", "hugo", "lucie", "sacha"])
async def test_who_is_told_that_there_is_nothing(browser_for, people, who):
    file, stranger = await kept(people), browser_for(who)

    for path in ("", "/content", "/download", "/edit", "/remove"):
        assert (await stranger.get(f"/documents/{file}{path}")).status_code == 404, path
    for path in ("/edit", "/remove", "/restore"):
        assert (await stranger.post(f"/documents/{file}{path}", data={})).status_code == 404, path
    reply = await add(stranger, people, ("a.pdf", samples.PASSIVE_PDF))
    assert reply.status_code == 404
    assert await fetch_value("SELECT count(*) FROM file") == 1


async def test_patients_see_letters_what_they_added_and_what_they_are_shown(browser_for, people):
    at, ines = clock.now(), people["ines"].actor
    await kept(people)
    hidden = await kept(people, SCAN, Kind.REPORT)
    shown = About(Kind.REPORT, "Bilan montré", shown=True)
    await keep_files(ines, people.paul_patient, [SCAN], shown, at=at)
    paul = browser_for("paul")
    assert (await add(paul, people, ("Ordonnance.pdf", samples.PASSIVE_PDF))).headers[
        "location"
    ] == "/documents?added=1"

    page = await paul.page("/documents")

    assert {text_of(one) for one in page.select(".co-rows__main a")} == {"Courrier", "Bilan montré", "Ordonnance"}
    for path in ("", "/content", "/download", "/edit"):
        assert (await paul.get(f"/documents/{hidden}{path}")).status_code == 404
    team = await browser_for("ines").page(f"/patients/{people.paul_patient}/documents")
    assert len(team.select("tbody tr")) == 4


async def test_where_sharing_is_withheld_a_centre_sees_its_own_and_what_the_patient_added(browser_for, people):
    for code, who in (("lyon", "ines"), ("brest", "zoe"), ("own", "paul")):
        by = people[who].actor
        await keep_files(by, people.paul_patient, [LETTER], About(Kind.LETTER, code), at=clock.now())
    await execute(
        "INSERT INTO affiliation (id, patient, organisation, status, valid_from) SELECT gen_random_uuid(), $1, $2, "
        "'active', current_date",
        people.paul_patient,
        people.brest,
    )
    named = {row["id"]: row["organisation"] for row in await fetch("SELECT id, organisation FROM file")}
    lyons = next(file for file, centre in named.items() if centre == people.lyon)
    zoe, url = browser_for("zoe"), f"/patients/{people.paul_patient}/documents"
    assert len((await zoe.page(url)).select("tbody tr")) == 3

    await execute("UPDATE patient SET withheld = '{sharing}' WHERE id = $1", people.paul_patient)

    assert {text_of(one) for one in (await zoe.page(url)).select("tbody th a")} == {"brest", "own"}
    assert (await zoe.get(f"/documents/{lyons}/content")).status_code == 404
    assert len(await list_files(people["paul"].actor, people.paul_patient)) == 3


async def test_every_opening_is_noted_for_the_patient_to_read(browser_for, people):
    file = await kept(people)
    ines = browser_for("ines")

    await ines.get(f"/documents/{file}/content")
    await ines.get(f"/documents/{file}/download")

    noted = await fetch("SELECT subject, details FROM audit_event WHERE action = 'document.read' ORDER BY id")
    assert [row["subject"] for row in noted] == [file, file]
    assert ["document_download" in row["details"] for row in noted] == [False, True]
    log = text_of((await browser_for("paul").page("/me/access-log")).select_one("#main"))
    assert "A document" in log
    assert "A document, downloaded" in log


@pytest.mark.parametrize(
    ("upload", "shown", "sandboxed"),
    [
        (LETTER, "inline", False),
        (Upload("Formulaire.pdf", "", samples.ACTING_PDF), "attachment", True),
        (SCAN, "inline", True),
        (Upload("note.html.txt", "text/html", b"plain words"), "inline", True),
    ],
)
async def test_how_a_document_travels(browser_for, people, upload, shown, sandboxed):
    file = await kept(people, upload)
    reply = await browser_for("ines").get(f"/documents/{file}/content")

    assert reply.headers["content-disposition"].startswith(shown)
    policies = reply.headers.get_list("content-security-policy")
    assert len(policies) == 1
    assert policies[0].startswith("default-src 'none'")
    assert ("sandbox" in policies[0]) is sandboxed
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["cache-control"] == "no-store"
    away = await browser_for("ines").get(f"/documents/{file}/download")
    assert away.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in away.headers["content-security-policy"]


async def test_a_name_cannot_leave_its_header_or_its_folder(browser_for, people):
    about = About(Kind.LETTER, 'Élève "../../x\r\nSet-Cookie: a=b')
    (file,) = await keep_files(people["ines"].actor, people.paul_patient, [LETTER], about, at=clock.now())

    reply = await browser_for("ines").get(f"/documents/{file}/download")

    said = reply.headers["content-disposition"]
    assert "set-cookie" not in reply.headers
    assert said.startswith(
        "attachment; filename=\"_l_ve -..-..-x--Set-Cookie- a=b.pdf\"; filename*=UTF-8''%C3%89l%C3%A8ve"
    )
    assert "/" not in said
    assert "\\" not in said


@pytest.mark.parametrize("htmx", [False, True])
async def test_what_cannot_be_kept_is_said_and_what_was_typed_stays(browser_for, people, htmx):
    ines = browser_for("ines", htmx=htmx)
    typed = {"name": "IRM de mars", "note": "À relire", "taken_on": "2026-03-02", "shown": "1"}
    reply = await add(ines, people, ("a.png", samples.png()), ("photo.heic", samples.HEIC), **typed)

    assert reply.status_code == 422
    page = read(reply)
    assert text_of(page.select_one("#files-error")).startswith("Error: photo.heic: This photo is in the HEIC format")
    assert page.select_one("#error-summary a")["href"] == "#files"
    assert page.select_one("#name")["value"] == "IRM de mars"
    assert page.select_one("#taken_on")["value"] == "2026-03-02"
    assert text_of(page.select_one("#note")) == "À relire"
    assert page.select_one("#shown-to-patient").has_attr("checked")
    assert await fetch_value("SELECT count(*) FROM file") == 0


async def test_too_large_is_413_with_the_form(browser_for, people, monkeypatch):
    monkeypatch.setattr(uploads, "LARGEST_FILE", 5000)
    monkeypatch.setattr(uploads, "LARGEST_TOGETHER", 8000)
    ines = browser_for("ines")

    alone = await add(ines, people, ("gros.pdf", samples.PASSIVE_PDF + bytes(6000)), name="Un titre")
    together = await add(ines, people, *((f"{n}.txt", b"a" * 4000) for n in range(3)), name="Un titre")

    for reply, words in ((alone, "larger than 20 MB"), (together, "larger than 60 MB")):
        assert reply.status_code == 413
        assert words in text_of(read(reply).select_one("#files-error"))
        assert read(reply).select_one("#name")["value"] == "Un titre"


async def test_a_form_that_is_sent_twice_keeps_nothing_twice(browser_for, people):
    url, paul = f"/patients/{people.paul_patient}/documents", browser_for("paul")
    form = (await paul.page(f"{url}/new")).select_one("input[name=form]")["value"]
    files = (("a.txt", b"one"), ("b.txt", b"two"))

    for _ in range(2):
        reply = await add(paul, people, *files, form=form)
        assert reply.headers["location"] == "/documents?added=2"

    assert await fetch_value("SELECT count(*) FROM file") == 2
    assert await fetch_value("SELECT count(*) FROM audit_event WHERE action = 'document.added'") == 2
    for who, sent_then in (
        ("ines", files),
        ("paul", (("a.txt", b"one"), ("c.txt", b"three"))),
    ):  # back, and others chosen
        await add(browser_for(who), people, *sent_then, form=form)
    assert await fetch_value("SELECT count(*) FROM file") == 6


async def test_a_patient_cannot_fill_the_disk(browser_for, people, monkeypatch):
    monkeypatch.setattr(routes, "A_DAY", Limit("documents", 1, timedelta(days=1)))
    replies = [await add(browser_for(who), people, ("a.txt", b"a")) for who in ("paul", "paul", "ines", "ines")]

    assert [one.status_code for one in replies] == [303, 429, 303, 303]
    assert "tomorrow" in text_of(read(replies[1]).select_one("#files-error"))


async def test_every_problem_is_said_at_once(browser_for, people):
    reply = await add(browser_for("paul"), people, kind="consent", taken_on="2126-01-01", name="x" * 201)

    assert reply.status_code == 422
    assert len(read(reply).select(".nhsuk-error-summary__list li")) == 4


async def test_taking_out_asks_why_and_can_be_undone(browser_for, people):
    file, ines = await kept(people), browser_for("ines")
    asked = await ines.post(f"/documents/{file}/remove", data={"reason": " "})
    assert (asked.status_code, (await find_file(file)).removed_at) == (422, None)

    await ines.post(f"/documents/{file}/remove", data={"reason": "Autre personne"})

    url = f"/patients/{people.paul_patient}/documents"
    assert (await ines.page(url)).select("tbody tr") == []
    assert "Autre personne" in text_of((await ines.page(f"{url}?removed=true")).select_one("tbody"))
    assert (await browser_for("paul").get(f"/documents/{file}")).status_code == 404
    assert (await browser_for("paul").get(f"/documents/{file}/content")).status_code == 404
    await ines.post(f"/documents/{file}/restore")
    assert len((await ines.page(url)).select("tbody tr")) == 1


async def test_a_signed_consent_is_neither_changed_nor_taken_out(browser_for, people):
    file, ines = await kept(people, kind=Kind.CONSENT), browser_for("ines")

    assert (await ines.get(f"/documents/{file}")).status_code == 200
    assert (await ines.get(f"/documents/{file}/edit")).status_code == 403
    assert (await ines.post(f"/documents/{file}/remove", data={"reason": "x"})).status_code == 409
    assert (await find_file(file)).removed_at is None


async def test_what_is_said_may_change_and_what_was_said_is_kept(browser_for, people):
    file, ines = await kept(people), browser_for("ines")
    said = {"kind": "report", "name": "Compte rendu", "taken_on": "", "note": "", "revision": "1"}

    first = await ines.post(f"/documents/{file}/edit", data=said)
    late = await browser_for("marc").post(f"/documents/{file}/edit", data=said | {"name": "Autre titre"})

    assert first.headers["location"] == f"/documents/{file}"
    assert late.status_code == 409
    assert read(late).select_one("#name")["value"] == "Autre titre"
    assert "Compte rendu" in text_of(read(late).select_one(".co-note"))
    about = await find_file(file)
    assert (about.name, about.kind, about.revision) == ("Compte rendu", Kind.REPORT, 2)
    assert "Courrier" in text_of((await ines.page(f"/documents/{file}")).select_one("details"))


async def test_patients_change_only_what_they_added(browser_for, people):
    theirs, letter = await kept(people, SCAN, who="paul"), await kept(people)
    paul = browser_for("paul")

    assert (await paul.get(f"/documents/{theirs}/edit")).status_code == 200
    assert (await paul.get(f"/documents/{letter}/edit")).status_code == 403
    assert (await paul.get(f"/documents/{letter}/remove")).status_code == 403


async def test_documents_of_a_merged_record_stand_in_the_one_that_took_it_in(browser_for, people):
    await keep_file(people["ines"].actor, people.lea_patient, LETTER, Kind.LETTER, at=clock.now())
    await execute(
        "UPDATE patient SET merged_into = $2, root = $2 WHERE id = $1", people.lea_patient, people.paul_patient
    )
    page = await browser_for("ines").page(f"/patients/{people.paul_patient}/documents")

    assert [text_of(one) for one in page.select("tbody th a")] == ["Courrier"]


async def test_pages_say_what_is_there(browser_for, people):
    text = await kept(people, Upload("Note.txt", "", "Été <b>calme</b>".encode()), Kind.OTHER)
    image, pdf = await kept(people, SCAN), await kept(people)
    acting = await kept(people, Upload("Formulaire.pdf", "", samples.ACTING_PDF))
    for language in ("en", "fr"):
        ines = browser_for("ines", language=language)
        assert text_of((await ines.page(f"/documents/{text}")).select_one("pre")) == "Été <b>calme</b>"
        assert (await ines.page(f"/documents/{image}")).select_one("[data-viewer] img")["alt"] == "IRM"
        assert (await ines.page(f"/documents/{pdf}")).select_one("iframe")["title"].endswith("Courrier")
        assert (await ines.page(f"/documents/{acting}")).select("iframe, [data-viewer]") == []
    await remove_file(people["ines"].actor, image, "Doublon", at=clock.now())
    assert "Doublon" in text_of((await browser_for("ines").page(f"/documents/{image}")).select_one(".co-note"))


async def test_content_comes_back_as_it_was_sent(db, people):
    file = await kept(people)
    assert (await open_file(file))[1] == LETTER.content
