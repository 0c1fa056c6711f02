"""One section as a page: its frame is drawn once a process, and filled for each person who opens it."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from litestar import Response
from markupsafe import Markup

from app.access.policy import Actor
from app.lib import i18n, pages
from app.lib.frames import Frame, slot
from app.lib.ids import new_id
from app.questionnaires.model import Questionnaire, text
from app.responses import presenting
from app.responses.model import NO_ROW, ResponseScope
from app.responses.rendering import NOTHING_TYPED, Draft, Mode, draw
from app.responses.routes.parts import for_whom, safety_words, summary_of, title_of
from app.responses.screens import Course, Screen, field_name

RESPONSE = slot("response")
SLOTS = (
    "response",
    "page_load",
    "shown",
    "cards",
    "steps",
    "strip",
    "safety",
    "saved_words",
    "done",
    "total",
    "most",
    "look",
)


async def section(
    actor: Actor,
    scope: ResponseScope,
    walk: Course,
    screen: Screen,
    draft: Draft = NOTHING_TYPED,
    *,
    status: int = 200,
) -> Response[Any]:
    """One section with its cards, the list of sections, and when it was last saved."""
    steps = presenting.steps(walk, i18n.locale.get(), screen)
    done, total = sum(step.answered for step in steps), sum(step.asked for step in steps)
    who = await for_whom(actor, scope.patient)
    worrying = safety_words(walk)
    body = _frame_for(walk, screen, draft, [step.screen for step in steps]).filled(
        csrf_token=pages.csrf_token(),
        response=scope.response,
        page_load=new_id(),
        shown=shown_names(walk),
        cards=draw(walk, screen, Mode.ANSWER, scope.response, draft),
        steps=Markup("".join(map(_step, steps)).replace(RESPONSE, str(scope.response))),  # noqa: S704 - drawn
        strip=Markup(pages.render("responses/_strip.html", for_whom=who)) if who else "",  # noqa: S704
        safety=Markup(pages.render("responses/_safety.html", safety=worrying)) if worrying else "",  # noqa: S704
        saved_words=_saved_words(walk),
        done=done,
        total=total,
        most=total or 1,
        look="co-tablet" if actor.lent else "",
    )
    return pages.html(body, status)


def _frame_for(walk: Course, screen: Screen, draft: Draft, order: list[str]) -> Frame:
    """The frame of a page; with messages in it, drawn for this once."""
    at, language = order.index(screen.id), i18n.locale.get()
    around = (order[at - 1] if at else None, order[at + 1] if at + 1 < len(order) else None)
    if not draft.errors:
        return _frame(walk.questionnaire, screen, language, (at + 1, len(order)), around)
    q = walk.questionnaire
    return _draw(q, screen, language, (at + 1, len(order)), around, draft)


@lru_cache(maxsize=1000)
def _frame(
    q: Questionnaire, screen: Screen, language: str, place: tuple[int, int], around: tuple[str | None, str | None]
) -> Frame:
    return _draw(q, screen, language, place, around, NOTHING_TYPED)


def _draw(
    q: Questionnaire,
    screen: Screen,
    language: str,
    place: tuple[int, int],
    around: tuple[str | None, str | None],
    draft: Draft,
) -> Frame:
    before, after = around
    about = title_of(q)
    return pages.frame(
        "responses/section.html",
        about=about,
        title=text(screen.page.shape.title, language) or about,
        intro=text(screen.page.shape.intro, language),
        recall=text(q.file.recall, language),
        screen=screen.id,
        place=place,
        before=before,
        after=_address(RESPONSE, after),
        last=after is None,
        errors=summary_of(q, draft),
        all_missing=bool(draft.errors) and not draft.typed,
        **{name: slot(name) for name in SLOTS},
    )


def _saved_words(walk: Course) -> str:
    saved_at = walk.answers.last_saved
    if saved_at is None:
        return i18n.gettext("Each answer is saved as you go")
    return i18n.gettext("Saved at %(time)s") % {"time": i18n.time_words(saved_at)}


def _step(step: presenting.Step) -> str:
    """One section of the list: where it stands in words, and the way there."""
    if step.current:
        note = i18n.gettext("In progress")
    elif step.complete:
        note = i18n.gettext("Done")
    elif step.answered == 0:
        note = i18n.gettext("To do")
    else:
        note = i18n.ngettext("%(num)s without an answer", "%(num)s without an answer", step.asked - step.answered)
        note = note % {"num": step.asked - step.answered}
    return _step_drawn(step.title, note, step.state, "" if step.current else _address(RESPONSE, step.screen))


@lru_cache(maxsize=2000)
def _step_drawn(title: str, note: str, state: str, href: str) -> str:
    return str(pages.ENV.get_template("autosave.html").module.plan_step(title, note, state, href))  # type: ignore[attr-defined]


def _address(response: object, screen: str | None) -> Markup:
    path = f"/responses/{response}/pages/{screen}" if screen else f"/responses/{response}/review"
    return Markup(path)  # noqa: S704 - ids of ours


def next_url(response: UUID, walk: Course, screen: Screen) -> str:
    """The section after this one; after the last, the review."""
    ids = [one.id for one in walk.screens()]
    at = ids.index(screen.id) + 1
    return str(_address(response, ids[at] if at < len(ids) else None))


def shown_names(walk: Course) -> str:
    """The names of all cards that are shown: blocks, questions, and questions in the rows of repeating groups."""
    if not walk.questionnaire.groups:
        return _in_order(walk.shown)
    rows = {field_name(item, row) for item, _group, row in walk.places() if row != NO_ROW}
    return " ".join(sorted(walk.shown | rows))


@lru_cache(maxsize=1000)
def _in_order(names: frozenset[str]) -> str:
    return " ".join(sorted(names))
