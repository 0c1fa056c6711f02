"""`/me/consents`: what one has allowed, each text in plain words, and saying yes or no at any time."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from app.access.guard import requires
from app.access.policy import Actor, Permission, Scope, allows
from app.accounts.queries import organisations_by_id
from app.consents import forms, queries, wording
from app.consents.actions import deciding
from app.consents.forms import Fault, Faults
from app.consents.model import Line, Signer, Text, may_give, paragraphs, unasked
from app.consents.rendering import centres_of, read_aloud, texts_in_use
from app.lib import clock, i18n, pages
from app.patients.queries import get_patient, patients_by_id, scope_of_patient
from app.trials.sites.queries import concerning

HERE = "/me/consents"
READ = requires(Permission.OWN_RECORD)
READ_ONE = requires(Permission.OWN_RECORD, "patient_id", scope_of_patient)
SIGN = requires(Permission.CONSENT_SIGN, "patient_id", scope_of_patient)
AnyRequest = Request[Any, Any, Any]


@get(HERE, opt=READ)
async def choose(actor: NamedDependency[Actor]) -> Response[Any]:
    """One's own; of several people, a choice."""
    readable = [one for one in actor.patients if allows(actor, Permission.OWN_RECORD, Scope(one))]
    if len(readable) == 1:
        return Redirect(f"{HERE}/{readable[0]}", status_code=303)
    people = sorted((await patients_by_id(readable)).values(), key=lambda one: one.id in actor.proxy_for)
    return pages.html(pages.render("portal/consents_choice.html", people=people, proxied=actor.proxy_for))


@get(f"{HERE}/{{patient_id:uuid}}", opt=READ_ONE)
async def show_all(
    actor: NamedDependency[Actor], patient_id: FromPath[UUID], done: FromQuery[str] = ""
) -> Response[Any]:
    """Where each purpose stands, and everything that was decided."""
    await texts_in_use()
    lines, said = await queries.lines_of(patient_id, queries.today())
    found = await queries.list_forms(patient_id)
    page = pages.render(
        "portal/consents.html",
        patient_id=patient_id,
        for_whom=await _for_whom(actor, patient_id),
        lines=lines,
        history=said,
        forms={one.id: one for one in found},
        centres=await organisations_by_id({one.organisation for one in found if one.organisation}),
        may_sign=_may_sign(actor, patient_id),
        done=wording.own_done_words(done),
        c=wording,
    )
    return pages.html(page)


def _may_sign(actor: Actor, patient: UUID) -> bool:
    return allows(actor, Permission.CONSENT_SIGN, Scope(patient))


async def _for_whom(actor: Actor, patient: UUID) -> str:
    return (await get_patient(patient)).full_name if patient in actor.proxy_for else ""


@get(f"{HERE}/{{patient_id:uuid}}/{{purpose:str}}", opt=READ_ONE)
async def show_one(actor: NamedDependency[Actor], patient_id: FromPath[UUID], purpose: FromPath[str]) -> Response[Any]:
    """The text, where it stands, and saying yes."""
    return await _one(actor, patient_id, purpose, {}, [])


async def _found(patient: UUID, purpose: str) -> tuple[Line, Text]:
    followers = await queries.followers_of(patient)
    text = (await concerning(await texts_in_use(), patient, followers, queries.today())).get(purpose)
    if text is None:
        raise NotFoundException
    lines, _ = await queries.lines_of(patient, queries.today())
    return next((one for one in lines if one.purpose == purpose), None) or unasked(purpose), text


async def _one(actor: Actor, patient: UUID, purpose: str, faults: Faults, ticked: list[str]) -> Response[Any]:
    line, text = await _found(patient, purpose)
    centre = await centres_of(await queries.followers_of(patient))
    minor = await queries.is_minor(patient, queries.today())
    signer = Signer.PROXY if patient in actor.proxy_for else Signer.PATIENT
    page = pages.render(
        "portal/consent.html",
        patient_id=patient,
        for_whom=await _for_whom(actor, patient),
        line=line,
        text=text,
        content=read_aloud(text, i18n.locale.get(), centre),
        paragraphs=paragraphs,
        may_sign=_may_sign(actor, patient),
        may_give=may_give(signer, minor=minor),
        current=line.said is not None and line.said.text == text.id,
        ticked=ticked,
        errors={name: wording.fault_words(fault) for name, fault in faults.items()},
        c=wording,
    )
    return pages.html(page, 422 if faults else 200)


@post(f"{HERE}/{{patient_id:uuid}}/{{purpose:str}}", opt=SIGN)
async def say_yes(
    request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID], purpose: FromPath[str]
) -> Response[Any]:
    """A yes, once each statement is ticked; it holds from now on."""
    _, text = await _found(patient_id, purpose)
    form = await request.form()
    ticked = [one for one in form.getall("points", []) if isinstance(one, str)]
    if set(ticked) < {str(nth) for nth in range(1, len(text.contents["fr"].points) + 1)}:
        return await _one(actor, patient_id, purpose, {"points": Fault.POINTS_OWN}, ticked)
    wish = deciding.Wish(purpose, True, forms.number(str(form.get("version", ""))), i18n.locale.get())
    await deciding.decide(actor, patient_id, wish, at=clock.now())
    return Redirect(f"{HERE}/{patient_id}?done=yes", status_code=303)


@get(f"{HERE}/{{patient_id:uuid}}/{{purpose:str}}/withdraw", opt=SIGN)
async def confirm_no(
    actor: NamedDependency[Actor], patient_id: FromPath[UUID], purpose: FromPath[str]
) -> Response[Any]:
    """Says what happens at once. Nobody has to say why."""
    return await _no(actor, patient_id, purpose)


async def _no(
    actor: Actor, patient: UUID, purpose: str, reason: str = "", faults: Faults | None = None
) -> Response[Any]:
    line, text = await _found(patient, purpose)
    page = pages.render(
        "portal/consent_withdraw.html",
        patient_id=patient,
        for_whom=await _for_whom(actor, patient),
        line=line,
        text=text,
        title=text.content(i18n.locale.get()).title,
        reason=reason,
        errors={name: wording.fault_words(fault) for name, fault in (faults or {}).items()},
        c=wording,
    )
    return pages.html(page, 422 if faults else 200)


@post(f"{HERE}/{{patient_id:uuid}}/{{purpose:str}}/withdraw", opt=SIGN)
async def say_no(
    request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID], purpose: FromPath[str]
) -> Response[Any]:
    """A no. It holds from this moment."""
    _, text = await _found(patient_id, purpose)
    typed = (await request.form()).get("reason", "")
    reason, faults = forms.read_reason(typed if isinstance(typed, str) else "")
    if faults:
        return await _no(actor, patient_id, purpose, reason, faults)
    wish = deciding.Wish(purpose, False, text.version, i18n.locale.get(), reason=reason)
    await deciding.decide(actor, patient_id, wish, at=clock.now())
    return Redirect(f"{HERE}/{patient_id}?done=no", status_code=303)


HANDLERS: list[Any] = [choose, show_all, show_one, say_yes, confirm_no, say_no]
