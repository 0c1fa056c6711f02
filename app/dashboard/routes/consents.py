"""The consents of a record, and collecting one: begun by the team, signed by the person, certified by the team."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from app.access.consent import Use, allowed
from app.access.guard import granted, requires
from app.access.policy import Actor, Permission
from app.accounts.queries import names_of, organisations_by_id
from app.consents import forms, queries, wording
from app.consents.actions import collecting, deciding
from app.consents.forms import YES, Begun, Fault, Faults, Signed
from app.consents.model import Form, Method, NewForm, Signer, State, Text, paragraphs
from app.consents.rendering import centres_of, read_aloud, texts_in_use
from app.dashboard.routes.parts import AnyRequest, record_of, words
from app.files.actions import keep_file
from app.files.model import TEXT, Kind, Upload
from app.files.sniffing import media_type_of
from app.files.wording import problems
from app.lib import clock, i18n, pages
from app.lib.db import transaction
from app.lib.errors import Refused
from app.lib.uploads import MOST_READ, Sent, UploadRequest
from app.patients.actions import note_reading
from app.patients.queries import scope_of_patient
from app.trials.sites.queries import concerning, told_of

READ = requires(Permission.CONSENT_READ, "patient_id", scope_of_patient)
COLLECT = requires(Permission.CONSENT_COLLECT, "patient_id", scope_of_patient)
FILL = requires(Permission.CONSENT_COLLECT, "consent_id", queries.scope_of_consent)
CERTIFY = requires(Permission.CONSENT_COLLECT, "consent_id", queries.scope_of_consent, fresh=True)
FIELDS = ("method", "signer", "language")


@get("/patients/{patient_id:uuid}/consents", opt=READ)
async def show_consents(
    request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID], done: FromQuery[str] = ""
) -> Response[Any]:
    """Where each purpose stands and what was signed. Of a closed record no more than that, and whose it is by code."""
    await note_reading(actor, patient_id, "consents", at=clock.now())
    lines, said = await queries.lines_of(patient_id, queries.today())
    found = await queries.list_forms(patient_id)
    withheld = granted(request).withheld
    closed = not allowed(withheld, Use.OPEN_RECORD)
    shared = allowed(withheld, Use.SEE_OTHER_CENTRES)
    told = await told_of(actor.organisation, granted(request))
    foreign = {one.id for one in found if not (shared or one.organisation is None or _is_own(actor, one))}
    people = {one.begun_by for one in found} | {one.certified_by for one in found if one.certified_by}
    people -= {one.begun_by for one in found if closed and one.method is Method.PORTAL}
    page = pages.render(
        "dashboard/consents_closed.html" if closed else "dashboard/consents.html",
        record=None if closed else await record_of(patient_id),
        here="consents",
        partial=False,
        patient_id=patient_id,
        code=await queries.code_of(patient_id),
        closed=closed,
        foreign=foreign,
        lines=[one for one in lines if told(one.purpose)],
        forms={one.id: one for one in found},
        history=[one for one in said if told(one.decision.purpose)],
        unfinished=[one for one in found if one.state in {State.OPEN, State.SIGNED} and _is_own(actor, one)],
        names=await names_of(people),
        centres=await organisations_by_id({one.organisation for one in found if one.organisation}),
        done=done,
        own=actor.organisation,
        c=wording,
        **words(),
    )
    return pages.html(page)


def _is_own(actor: Actor, form: Form) -> bool:
    return form.organisation == actor.organisation


@get("/patients/{patient_id:uuid}/consents/new", opt=COLLECT)
async def show_new(
    actor: NamedDependency[Actor], patient_id: FromPath[UUID], purpose: FromQuery[str] = ""
) -> Response[Any]:
    """What to ask, how, and who answers."""
    await note_reading(actor, patient_id, "consents", at=clock.now())
    minor = await queries.is_minor(patient_id, queries.today())
    signer = "" if minor else Signer.PATIENT.value
    begun = Begun((purpose,) if purpose else (), "", signer, i18n.locale.get())
    return await _new(patient_id, begun, await _askable(actor, patient_id), minor=minor)


async def _askable(actor: Actor, patient: UUID) -> dict[str, Text]:
    """What this team may ask of this person: of trials only those it takes part in, or the person does as it knows."""
    told = await told_of(actor.organisation, await scope_of_patient(patient))
    found = await concerning(await texts_in_use(), patient, _own_centre(actor), queries.today())
    return {purpose: words for purpose, words in found.items() if told(purpose)}


def _own_centre(actor: Actor) -> list[UUID]:
    return [actor.organisation] if actor.organisation else []


async def _new(patient: UUID, begun: Begun, texts: Collection[str], *, minor: bool) -> Response[Any]:
    signers = [Signer.ONE_PARENT, Signer.BOTH_PARENTS, Signer.GUARDIAN] if minor else [Signer.PATIENT, Signer.GUARDIAN]
    page = pages.render(
        "dashboard/consent_new.html",
        patient_id=patient,
        code=await queries.code_of(patient),
        begun=begun,
        minor=minor,
        purposes=[(one, wording.purpose_words(one)) for one in texts],
        methods=[(one.value, wording.collecting_words(one)) for one in (Method.SCREEN, Method.PAPER, Method.SPOKEN)],
        signers=[(one.value, wording.signer_words(one)) for one in signers],
        languages=[(one, wording.language_words(one)) for one in i18n.LOCALES],
        errors={name: wording.fault_words(fault) for name, fault in begun.faults.items()},
    )
    return pages.html(page, 422 if begun.faults else 200)


@post("/patients/{patient_id:uuid}/consents", opt=COLLECT)
async def begin(request: AnyRequest, actor: NamedDependency[Actor], patient_id: FromPath[UUID]) -> Response[Any]:
    """The form for the person to sign; a no that was said needs none."""
    typed = await request.form()
    minor = await queries.is_minor(patient_id, queries.today())
    texts = await _askable(actor, patient_id)
    begun = forms.read_begun(_typed(typed, FIELDS), typed.getall("purposes", []), texts, minor=minor)
    if begun.faults:
        return await _new(patient_id, begun, texts, minor=minor)
    if actor.organisation is None:
        raise Refused("patient.no_centre")
    new = NewForm(
        method=Method(begun.method),
        purposes=begun.purposes,
        signer=Signer(begun.signer),
        language=begun.language,
        organisation=actor.organisation,
        for_minor=minor,
        signed_on=queries.today() if begun.method == Method.SPOKEN else None,
    )
    if new.method is Method.SPOKEN:
        await deciding.note_spoken_no(actor, patient_id, new, at=clock.now())
        return Redirect(f"/patients/{patient_id}/consents?done=spoken", status_code=303)
    made = await collecting.begin(actor, patient_id, new, at=clock.now())
    return Redirect(f"/consents/{made}/sign", status_code=303)


def _typed(form: Any, names: Any) -> dict[str, str]:
    found = {name: form.get(name, "") for name in names}
    return {name: value if isinstance(value, str) else "" for name, value in found.items()}


async def _own_form(actor: Actor, consent: UUID) -> Form:
    """The form, which only the centre that began it goes on with."""
    form = await queries.get_form(consent)
    if not _is_own(actor, form):
        raise NotFoundException
    return form


@get("/consents/{consent_id:uuid}/sign", opt=FILL)
async def show_sign(actor: NamedDependency[Actor], consent_id: FromPath[UUID]) -> Response[Any]:
    """The texts, to be read and signed on this screen; or where the signed paper is added."""
    form = await _own_form(actor, consent_id)
    if form.state is not State.OPEN:
        return _onwards(form)
    return await _sign(form, Signed({}, {}, "", "", False, ""))


def _onwards(form: Form) -> Response[Any]:
    here = f"/consents/{form.id}/certify" if form.state is State.SIGNED else f"/patients/{form.patient}/consents"
    return Redirect(here, status_code=303)


async def _sign(form: Form, signed: Signed, errors: dict[str, str] | None = None) -> Response[Any]:
    """In the language that was chosen for the person, whatever the team's own is."""
    texts = {one: text for one, text in (await texts_in_use()).items() if one in form.purposes}
    centre = await centres_of([form.organisation] if form.organisation else [])
    paper = form.method is Method.PAPER
    token = None if paper else i18n.locale.set(form.language)
    found = errors or {name: wording.fault_words(fault) for name, fault in signed.faults.items()}
    try:
        page = pages.render(
            "dashboard/consent_paper.html" if paper else "dashboard/consent_sign.html",
            form=form,
            code=await queries.code_of(form.patient),
            texts=[(text, read_aloud(text, form.language, centre)) for text in texts.values()],
            signed=signed,
            errors=found,
            summary=[(name, wording.named(name, said)) for name, said in found.items()],
            versions=await _versions(texts) if paper else {},
            chosen_versions=signed.versions,
            both=form.signer is Signer.BOTH_PARENTS,
            paragraphs=paragraphs,
            c=wording,
        )
    finally:
        if token is not None:
            i18n.locale.reset(token)
    return pages.html(page, 422 if errors or signed.faults else 200)


async def _versions(texts: Collection[str]) -> dict[str, list[tuple[int, str]]]:
    """Of each purpose the published versions, the newest first: a paper may bear an older one."""
    known = [one for one in await queries.list_texts() if one.published_at is not None]
    return {
        purpose: [(one.version, wording.version_words(one)) for one in known if one.purpose == purpose]
        for purpose in texts
    }


# The paper is read into memory alone: nothing of it may lie unsealed on a disk.
@post("/consents/{consent_id:uuid}/sign", opt=FILL, request_class=UploadRequest, request_max_body_size=MOST_READ)
async def sign(request: UploadRequest, actor: NamedDependency[Actor], consent_id: FromPath[UUID]) -> Response[Any]:
    """Keep what was signed; a no counts from now on, a yes once it is certified."""
    form = await _own_form(actor, consent_id)
    if form.state is not State.OPEN:
        return _onwards(form)
    typed = await request.form()
    texts = {one: text for one, text in (await texts_in_use()).items() if one in form.purposes}
    paper = form.method is Method.PAPER
    signed = forms.read_signed(
        {name: value for name, value in typed.items() if isinstance(value, str)},
        {purpose: typed.getall(f"point-{purpose}", []) for purpose in texts},
        texts,
        paper=paper,
        both=form.signer is Signer.BOTH_PARENTS,
        today=queries.today(),
    )
    upload = next(iter(await request.files("paper")), None)
    if paper and upload is None:
        signed.faults["paper"] = Fault.PAPER_MISSING
    if signed.faults:
        return await _sign(form, signed)
    if paper and upload is not None and upload.too_large:
        return await _sign(form, signed, {"paper": problems()["file.too_large"]})
    signature = collecting.Signature(
        answers={purpose: answer == YES for purpose, answer in signed.answers.items()},
        versions=signed.versions,
        name=signed.name,
        second_name=signed.second_name,
        assent=signed.assent,
        day=signed.on if paper else None,
    )
    if not paper or upload is None:
        await collecting.sign(actor, consent_id, signature, at=clock.now())
        return Redirect(f"/consents/{consent_id}/certify", status_code=303)
    return await _sign_paper(actor, form, (signed, signature), upload)


async def _sign_paper(
    actor: Actor, form: Form, both: tuple[Signed, collecting.Signature], upload: Sent
) -> Response[Any]:
    """The paper and what it says are kept together, or neither."""
    signed, signature = both
    sent = Upload(upload.file_name or "", upload.media_type, bytes(upload.content))
    try:
        if media_type_of(sent.content) == TEXT:
            return await _sign(form, signed, {"paper": wording.fault_words(Fault.PAPER_KIND)})
        async with transaction():
            root = await queries.root_of(form.patient)
            file = await keep_file(actor, root, sent, Kind.CONSENT, at=clock.now())
            await collecting.sign(actor, form.id, signature.on_paper(file), at=clock.now())
    except Refused as refusal:
        if refusal.code not in problems():
            raise
        return await _sign(form, signed, {"paper": problems()[refusal.code]})
    return Redirect(f"/consents/{form.id}/certify", status_code=303)


@get("/consents/{consent_id:uuid}/certify", opt=CERTIFY)
async def show_certify(actor: NamedDependency[Actor], consent_id: FromPath[UUID]) -> Response[Any]:
    """What was signed, and what somebody of the team vouches for."""
    form = await _own_form(actor, consent_id)
    if form.state is State.OPEN:
        return Redirect(f"/consents/{consent_id}/sign", status_code=303)
    if form.state is not State.SIGNED:
        return _onwards(form)
    return await _certifying(form, {})


async def _certifying(form: Form, faults: Faults) -> Response[Any]:
    page = pages.render(
        "dashboard/consent_certify.html",
        form=form,
        code=await queries.code_of(form.patient),
        said=await queries.decisions_of(form.id),
        errors={name: wording.fault_words(fault) for name, fault in faults.items()},
        c=wording,
        **words(),
    )
    return pages.html(page, 422 if faults else 200)


@post("/consents/{consent_id:uuid}/certify", opt=CERTIFY)
async def certify(request: AnyRequest, actor: NamedDependency[Actor], consent_id: FromPath[UUID]) -> Response[Any]:
    """Each yes of the form counts from now on."""
    form = await _own_form(actor, consent_id)
    faults = forms.read_ticks((await request.form()).getall("ticks", []))
    if faults and form.state is State.SIGNED:
        return await _certifying(form, faults)
    await collecting.certify(actor, consent_id, at=clock.now())
    return Redirect(f"/patients/{form.patient}/consents?done=certified", status_code=303)


@post("/consents/{consent_id:uuid}/discard", opt=FILL)
async def discard(actor: NamedDependency[Actor], consent_id: FromPath[UUID]) -> Response[Any]:
    """Give up a form that nobody has certified."""
    form = await _own_form(actor, consent_id)
    await collecting.discard(actor, consent_id, at=clock.now())
    return Redirect(f"/patients/{form.patient}/consents?done=discarded", status_code=303)


HANDLERS: list[Any] = [show_consents, show_new, begin, show_sign, sign, show_certify, certify, discard]
