"""The PDF copy of what was signed, read back: who, when, which version, every word of the text, accents."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from app.consents import queries
from app.consents.actions import collecting, copying
from app.consents.jobs import make_copy, make_missing_copies
from app.files.queries import open_file
from app.lib import clock
from app.lib.db import execute, fetch, fetch_value
from app.lib.i18n import day_words
from app.lib.retrying import FOR_A_DAY
from tests.consents.stories import consent_form, says, signed


async def words_of(consent) -> str:
    form = await queries.get_form(consent)
    meta, content = await open_file(form.copy)
    assert meta.name.startswith("Consent")
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


def plain(text: str) -> str:
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


async def test_a_copy_says_what_was_signed_by_whom_and_when(db, people):
    form = await signed(
        people, consent_form(people.lyon, "research", "genetics"), {"research": True, "genetics": False}
    )
    await collecting.certify(people["ines"].actor, form, at=clock.now())
    texts = await queries.current_texts()

    await make_copy(str(form))
    await make_copy(str(form))

    assert await fetch_value("SELECT count(*) FROM file WHERE kind = 'consent'") == 1
    words = plain(await words_of(form))
    assert "Paul Lambert" in words
    assert "Inès Moreau" in words
    assert plain(day_words(queries.today())) in words
    for text in (texts["research"], texts["genetics"]):
        assert text.hash.hex() in words.replace(" ", "")
        assert plain(text.content("fr").rights.split("{")[0]) in words
    for point in texts["research"].content("fr").points:
        assert plain(point) in words
    assert texts["genetics"].content("fr").points[1] not in words
    assert "réponses, vos scores, vos traitements et vos résultats" in words
    assert "{" not in words


async def test_a_copy_speaks_the_language_in_which_it_was_signed(db, people):
    await says(people, "paul", "contact", yes=False, reason="Trop de lettres")
    consent = (await queries.list_forms(people.paul_patient))[0].id
    await copying.make_copy(consent, at=clock.now())

    words = await words_of(consent)
    assert "Vous écrire" in words
    assert "Trop de lettres" in words


async def test_a_copy_that_was_given_up_is_made_by_night(db, people):
    await says(people, "paul", "research", yes=True)
    await says(people, "yann", "research", yes=True)
    await signed(people, consent_form(people.lyon), {"genetics": True})
    await execute("UPDATE patient SET removed_at = now() WHERE id = $1", people.yann_patient)

    await make_missing_copies(0)

    assert make_copy.retry_strategy == FOR_A_DAY
    assert await fetch("SELECT patient FROM consent WHERE copy IS NOT NULL") == [(people.paul_patient,)]
    assert await queries.list_uncopied() == []


async def test_nothing_is_copied_before_it_is_certified(db, people):
    form = await signed(people, consent_form(people.lyon), {"research": True})

    await copying.make_copy(form, at=clock.now())

    assert (await queries.get_form(form)).copy is None


@pytest.mark.parametrize("who", ["ines", "paul"])
async def test_the_copy_is_a_document_of_the_record(browser_for, people, who):
    await says(people, "paul", "research", yes=True)
    form = (await queries.list_forms(people.paul_patient))[0].id
    await copying.make_copy(form, at=clock.now())
    copy = (await queries.get_form(form)).copy
    base = {"ines": f"/patients/{people.paul_patient}/consents", "paul": f"/me/consents/{people.paul_patient}"}[who]

    page = await browser_for(who).page(base)

    assert page.select(f"a[href='/documents/{copy}']")
    assert (await browser_for(who).get(f"/documents/{copy}")).status_code == 200
    assert (await browser_for("zoe").get(f"/documents/{copy}")).status_code == 404
