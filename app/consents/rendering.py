"""What is drawn besides pages: the text filled with who answers for the data, and the copy of what was signed."""

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from app.accounts.organisations.queries import find_organisation
from app.accounts.queries import names_of
from app.consents import queries, wording
from app.consents.actions.texts import take_in
from app.consents.library import shipped
from app.consents.model import Centre, Content, Form, Text, paragraphs
from app.lib import clock, i18n, pages
from app.lib.i18n import gettext as _
from app.patients.queries import get_patient


async def centres_of(organisations: Collection[UUID]) -> Centre:
    """Who answers for the data in these centres, named together."""
    found = [one for one in [await find_organisation(id_) for id_ in sorted(organisations)] if one is not None]
    return Centre(
        ", ".join(one.details.name for one in found),
        ", ".join(dict.fromkeys(one.details.controller for one in found if one.details.controller)),
        ", ".join(
            dict.fromkeys(one.details.data_protection_officer for one in found if one.details.data_protection_officer)
        ),
    )


def filled(content: Content, centre: Centre) -> Content:
    """The text with the names of those who answer for the data where it leaves room for them."""
    names = {
        "{centre}": centre.name or _("your centre"),
        "{controller}": centre.controller or _("The institution of your centre"),
        "{officer}": centre.officer or _("the data protection officer of your centre"),
    }

    def fill(text: str) -> str:
        for place, name in names.items():
            text = text.replace(place, name)
        return text

    said = {name: fill(getattr(content, name)) for name in ("title", "summary", "body", "refusing", "rights")}
    return replace(content, **said, points=tuple(map(fill, content.points)))


def read_aloud(text: Text, language: str, centre: Centre) -> Content:
    """A text in one language, filled; its own words stand in that language too."""
    token = i18n.locale.set(language)
    try:
        return filled(text.content(language), centre)
    finally:
        i18n.locale.reset(token)


def file_name(form: Form) -> str:
    """What the copy is called among the documents, in the language of the form."""
    token = i18n.locale.set(form.language)
    try:
        day = form.signed_on or clock.day_in(i18n.ZONE, form.begun_at)
        return _("Consent of %(day)s") % {"day": i18n.day_words(day)} + ".pdf"
    finally:
        i18n.locale.reset(token)


async def copy_page(consent: UUID) -> tuple[Form, str]:
    """The form, and the page that its copy is made from, in the language in which it was signed."""
    form = await queries.get_form(consent)
    followers = [form.organisation] if form.organisation else await queries.followers_of(form.patient)
    centre = await centres_of(followers)
    said = [
        (answer, text, filled_text)
        for _purpose, answer, text in await queries.decisions_of(consent)
        for filled_text in [read_aloud(text, form.language, centre)]
    ]
    people = {form.begun_by, *([form.certified_by] if form.certified_by else [])}
    token = i18n.locale.set(form.language)
    try:
        page = pages.render(
            "consents/copy.html",
            form=form,
            said=said,
            patient=await get_patient(await queries.root_of(form.patient)),
            centre=centre,
            names=await names_of(people),
            paragraphs=paragraphs,
            w=wording,
        )
    finally:
        i18n.locale.reset(token)
    return form, page


async def texts_in_use() -> dict[str, Text]:
    """The newest published text of each purpose; those that ship are taken in when they are first asked for.

    Only where a purpose has no text: what the network uses is replaced by nothing that nobody there decided.
    """
    known = await queries.known_purposes()
    missing = [one for one in shipped() if one[0] not in known]
    if missing:
        await take_in(missing, at=clock.now())
    return await queries.current_texts()
