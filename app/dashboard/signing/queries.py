"""Reading what the page of a visit says of its signature, of data checks and of verification."""

from typing import Any
from uuid import UUID

from app.access.policy import Actor, Permission, allows
from app.accounts.queries import names_of
from app.dashboard.red_flags import question_words
from app.dashboard.score_wording import figure
from app.dashboard.signing import wording
from app.dashboard.signing.model import Line, Points, Shown, Signed
from app.dashboard.wording import name_of
from app.lib import clock
from app.lib.i18n import ZONE, locale
from app.questionnaires.explanation import answer_text
from app.questionnaires.library import library
from app.questionnaires.model import Questionnaire, text
from app.responses.queries import scope_of_response
from app.trials.checks.model import Read
from app.trials.checks.queries import findings_of, read_in, sent_in
from app.trials.format.model import CompiledCheck
from app.trials.library import trial_at
from app.trials.model import Enrolment, Visit
from app.trials.queries import acting_on_visit
from app.trials.sdv.queries import required_of
from app.trials.signing.model import Point
from app.trials.signing.queries import preflight, signatures_of, still_stands


async def signed_of(visit: Visit) -> Signed | None:
    """The signature that stands, else the last one that was withdrawn."""
    every = await signatures_of(visit.id)
    if not every:
        return None
    one = every[0]
    names = await names_of({one.signed_by} | ({one.undone_by} if one.undone_by else set()))
    undone_by = names.get(one.undone_by, "") if one.undone_by else ""
    return Signed(one, names.get(one.signed_by, ""), undone_by, await still_stands(one))


async def shown_findings(by: Actor, visit: Visit) -> list[Shown]:
    """What was found in a visit; of what stands the values too, as far as this reader may see them."""
    found = await findings_of(visit.id)
    if not found:
        return []
    checks = {one.check.id: one for one in (await trial_at(visit.version)).checks}
    read = await read_in(visit, {key for one in checks.values() for key, _name in one.uses.values()})
    unseen = {one.questionnaire.key for one in await sent_in(visit.id) if not await _may_read(by, one.id)}
    shown = []
    for finding in found:
        check = checks.get(finding.check_id)
        if check is None:
            shown.append(Shown(finding, finding.check_id))
        elif unseen & {key for key, _name in check.uses.values()}:
            shown.append(Shown(finding, ""))
        else:
            lines = () if finding.resolved_at else _lines(check, read)
            shown.append(Shown(finding, text(check.check.message, locale.get()), lines))
    return shown


async def _may_read(by: Actor, response: UUID) -> bool:
    scope = await scope_of_response(response)
    return scope is not None and allows(by, Permission.RESPONSE_READ, scope)


def _lines(check: CompiledCheck, read: dict[str, Read]) -> tuple[Line, ...]:
    return tuple(_line(read[key], name) for key, name in dict.fromkeys(check.uses.values()) if key in read)


def _line(read: Read, name: str) -> Line:
    q, language = read.questionnaire, locale.get()
    if name in q.questions:
        value = answer_text(q, q.questions[name], read.answers.values.get(name), language)
        return Line(f"{name_of(q)}, {question_words(q, name, language)}", value or "–", read.response)
    return Line(f"{name_of(q)}, {_score_title(q, name)}", figure(read.value(name)), read.response)


def _score_title(q: Questionnaire, name: str) -> str:
    return text(q.score(name).score.title, locale.get())


async def points_of(by: Actor, visit: Visit, enrolment: Enrolment) -> Points:
    """What is to be read before signing, with the names of questionnaires and the questions of data checks."""
    read = await preflight(visit, enrolment, clock.day_in(ZONE, clock.now()))
    names: dict[str, str] = {}
    for remark in read.remarks:
        if remark.point is Point.OPEN_FINDING:
            found = await shown_findings(by, visit)
            names |= {one.finding.check_id: one.message or wording.unseen_words() for one in found}
        else:
            names |= {key: name_of(library().find(key)) for key in remark.about}
    return Points(read, names)


async def may_act(by: Actor, visit: Visit, permission: Permission) -> bool:
    """Whether whoever reads may change this visit."""
    scope = await acting_on_visit(visit.id)
    return scope is not None and allows(by, permission, scope)


async def signing_block(by: Actor, visit: Visit) -> dict[str, Any]:
    """`signed`: the signature, or the last one; `may_sign`: whether this reader may sign it now, or take it back;
    `verification`: what is compared with its source; `gw`: the words."""
    over = visit.completed_on is not None or visit.skipped_on is not None
    return {
        "signed": await signed_of(visit),
        "may_sign": over and await may_act(by, visit, Permission.VISIT_SIGN),
        "verification": await required_of(visit),
        "gw": wording,
    }


async def checks_block(by: Actor, visit: Visit) -> dict[str, Any]:
    """`findings`: what the data checks found and is not settled."""
    return {"findings": [one for one in await shown_findings(by, visit) if one.finding.resolved_at is None]}
