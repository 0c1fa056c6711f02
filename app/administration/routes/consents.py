"""The texts of consents: which is in use, its versions, writing the next one, publishing it. For the whole network."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.accounts.queries import names_of
from app.administration.routes.parts import AnyRequest, page, today, typed
from app.consents import forms, queries, wording
from app.consents.actions import texts
from app.consents.forms import PARTS, Faults
from app.consents.model import LANGUAGES, Centre, Text, paragraphs
from app.consents.rendering import read_aloud, texts_in_use
from app.lib import clock
from app.lib.errors import Refused

EDIT = requires(Permission.CONSENT_TEXT_EDIT)
PUBLISH = requires(Permission.CONSENT_TEXT_EDIT, fresh=True)
HERE = "/administration/consents"
FIELDS = tuple(f"{language}-{part}" for language in LANGUAGES for part in PARTS)
PUBLISHING = ("material", "until-day", "until-month", "until-year", "seen")


@get(HERE, opt=EDIT)
async def list_texts() -> Response[Any]:
    """Every purpose with the version in use, the draft and the former ones."""
    await texts_in_use()
    found = await queries.list_texts()
    purposes = list(dict.fromkeys([*(await queries.current_texts()), *(one.purpose for one in found)]))
    people = {one.published_by for one in found if one.published_by and not one.shipped}
    return page(
        "consents",
        purposes=[(purpose, [one for one in found if one.purpose == purpose]) for purpose in purposes],
        names=await names_of(people | {one.drafted_by for one in found if not one.shipped}),
        c=wording,
    )


@get(f"{HERE}/{{purpose:str}}/{{version:str}}", opt=EDIT)
async def show_text(purpose: FromPath[str], version: FromPath[str]) -> Response[Any]:
    """One version as people read it, in both languages side by side."""
    return await _show(await _text(purpose, forms.number(version)), {}, {})


async def _text(purpose: str, version: int) -> Text:
    await texts_in_use()
    found = await queries.find_text(purpose, version)
    if found is None:
        raise NotFoundException
    return found


async def _show(text: Text, publishing: dict[str, str], faults: Faults) -> Response[Any]:
    return page(
        "consent_text",
        422 if faults else 200,
        text=text,
        contents=[(one, read_aloud(text, one, Centre())) for one in LANGUAGES],
        paragraphs=paragraphs,
        publishing=publishing,
        until=forms.read_day(publishing, "until")[0],
        errors={name: wording.fault_words(fault) for name, fault in faults.items()},
        c=wording,
    )


@post(f"{HERE}/{{purpose:str}}/draft", opt=EDIT)
async def begin_draft(actor: NamedDependency[Actor], purpose: FromPath[str]) -> Response[Any]:
    """Go on with the draft, or begin one from the text in use."""
    if purpose not in await texts_in_use():
        raise NotFoundException
    await texts.begin_draft(actor.id, purpose, at=clock.now())
    return Redirect(f"{HERE}/{purpose}/draft", status_code=303)


async def _draft(purpose: str) -> Text:
    """The draft of a purpose; what is published is read, not written."""
    await texts_in_use()
    found = [one for one in await queries.list_texts() if one.purpose == purpose and one.published_at is None]
    if not found:
        raise Refused("consent_text.no_draft")
    return found[0]


@get(f"{HERE}/{{purpose:str}}/draft", opt=EDIT)
async def show_draft(purpose: FromPath[str]) -> Response[Any]:
    """Both languages, part by part."""
    draft = await _draft(purpose)
    return _form(draft, forms.typed_contents(draft.contents), {}, draft.revision)


def _form(
    draft: Text, values: dict[str, str], faults: Faults, seen: int, theirs: dict[str, str] | None = None
) -> Response[Any]:
    return page(
        "consent_draft",
        409 if theirs is not None else 422 if faults else 200,
        draft=draft,
        values=values,
        seen=seen,
        theirs=theirs,
        languages=[(one, wording.language_words(one)) for one in LANGUAGES],
        parts=[(one, *wording.part_words(one)) for one in PARTS],
        errors={name: wording.fault_words(fault) for name, fault in faults.items()},
        c=wording,
    )


@post(f"{HERE}/{{purpose:str}}/draft/write", opt=EDIT)
async def write_draft(request: AnyRequest, actor: NamedDependency[Actor], purpose: FromPath[str]) -> Response[Any]:
    """Keep what was written; if somebody else wrote meanwhile, both are shown and nothing is lost."""
    form = await request.form()
    values, seen = typed(form, FIELDS), forms.number(typed(form, ("seen",))["seen"])
    contents, faults = forms.read_contents(values)
    if faults:
        return _form(await _draft(purpose), values, faults, seen)
    try:
        await texts.write_draft(actor.id, purpose, contents, seen, at=clock.now())
    except Refused as refusal:
        if refusal.code != "consent_text.changed":
            raise
        draft = await _draft(purpose)
        kept = forms.typed_contents(draft.contents)
        return _form(draft, values, {}, draft.revision, {one: kept[one] for one in FIELDS if kept[one] != values[one]})
    draft = await _draft(purpose)
    return Redirect(f"{HERE}/{purpose}/{draft.version}", status_code=303)


@post(f"{HERE}/{{purpose:str}}/draft/publish", opt=PUBLISH)
async def publish(request: AnyRequest, actor: NamedDependency[Actor], purpose: FromPath[str]) -> Response[Any]:
    """From now on this text is read. Nobody changes it any more."""
    values = typed(await request.form(), PUBLISHING)
    until, faults = forms.read_publishing(values, today())
    if faults:
        return await _show(await _draft(purpose), values, faults)
    seen = forms.number(values["seen"])
    await texts.publish(actor.id, purpose, seen, ask_again_until=until, at=clock.now())
    return Redirect(HERE, status_code=303)


@post(f"{HERE}/{{purpose:str}}/draft/drop", opt=EDIT)
async def drop_draft(actor: NamedDependency[Actor], purpose: FromPath[str]) -> Response[Any]:
    """Give the draft up; the text in use stays."""
    await texts.drop_draft(actor.id, purpose, at=clock.now())
    return Redirect(HERE, status_code=303)


HANDLERS: list[Any] = [list_texts, show_text, begin_draft, show_draft, write_draft, publish, drop_draft]
