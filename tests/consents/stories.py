"""Consents decided and collected through the product's own actions, for tests of what follows from them."""

from datetime import datetime
from uuid import UUID

from app.consents.actions import collecting, deciding
from app.consents.model import Method, NewForm, Signer
from app.consents.rendering import texts_in_use
from app.lib import clock
from tests.people import Cast

WHO = {"paul": "paul_patient", "claire": "lea_patient", "yann": "yann_patient"}


def consent_form(centre: UUID, *purposes: str, **more) -> NewForm:
    """A form of this centre, to be signed on its screen by the patient."""
    said = {"method": Method.SCREEN, "signer": Signer.PATIENT, "language": "fr", "organisation": centre}
    return NewForm(purposes=purposes or ("research",), **(said | more))


async def says(people: Cast, who: str, purpose: str, *, yes: bool, at: datetime | None = None, **more) -> bool:
    """Paul or Yann for themselves, Claire for Léa, on their own page."""
    texts = await texts_in_use()
    wish = deciding.Wish(purpose, yes, texts[purpose].version, "fr", **more)
    return await deciding.decide(people[who].actor, getattr(people, WHO[who]), wish, at=at or clock.now())


async def signed(people: Cast, form: NewForm, answers: dict[str, bool], **more) -> UUID:
    """A form of Paul that Inès collects, signed and not certified yet."""
    texts, ines, at = await texts_in_use(), people["ines"].actor, more.pop("at", None) or clock.now()
    made = await collecting.begin(ines, people.paul_patient, form, at=at)
    versions = {purpose: texts[purpose].version for purpose in answers}
    signature = collecting.Signature(answers=answers, versions=versions, name="Paul Lambert", **more)
    await collecting.sign(ines, made, signature, at=at)
    return made
