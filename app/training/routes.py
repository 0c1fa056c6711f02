"""The course on handling patients' data: its state, its sections, the quiz, the certificate."""

from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.accounts.doors import DOORS
from app.lib import clock, pages
from app.lib.clock import day_in
from app.lib.i18n import ZONE
from app.training import actions, queries, quiz
from app.training.model import State, state_of
from app.training.quiz import Marking, Question
from app.training.wording import question_words, section_titles

AnyRequest = Request[Any, Any, Any]
TAKE = requires(Permission.TRAINING_TAKE)
SOMEWHERE = "/"
"""No page in particular: then the role's first page comes next."""


@get("/training", opt=TAKE)
async def show_course(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Where one stands with the course, and what it holds."""
    certificate = await queries.newest_certificate(actor.id)
    until = certificate.valid_until if certificate else None
    state = state_of(until, trained=actor.trained, today=day_in(ZONE, clock.now()))
    return _page(request, "training/course.html", state=state, until=until, sections=section_titles())


@get("/training/{section:str}", opt=TAKE)
async def show_section(request: AnyRequest, section: FromPath[str]) -> Response[Any]:
    """One section, to be read."""
    if section not in quiz.SECTIONS:
        raise NotFoundException
    before, after = quiz.around(section)
    titles = section_titles()
    place = quiz.SECTIONS.index(section) + 1
    return _page(request, "training/section.html", section=section, titles=titles, place=place, around=(before, after))


@get("/training/quiz", opt=TAKE)
async def show_quiz(request: AnyRequest) -> Response[Any]:
    """Eight questions, nothing chosen."""
    return _quiz(request, _number(request.query_params.get("again", "")), quiz.mark({}))


@post("/training/quiz", opt=TAKE)
async def take_quiz(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Seven right answers give the certificate. Fewer: which ones were wrong, why, and the quiz once more."""
    form = await request.form()
    typed = {name: value for name, value in form.items() if isinstance(value, str)}
    again, following = _number(typed.get("again", "")), pages.local_path(typed.get("next"))
    marking = quiz.mark(typed, quiz.in_order(again))
    if marking.missing:
        return _quiz(request, again, marking, following, 422)
    if marking.passed:
        await actions.give_certificate(actor, marking.correct, at=clock.now())
        missed = "".join(f"&missed={key}" for key in marking.wrong)
        return Redirect(f"/training/passed?next={quote(following)}{missed}", status_code=303)
    await actions.note_failure(actor, marking.correct, at=clock.now())
    wrong = [_explained(one) for one in quiz.QUESTIONS if one.key in marking.wrong]
    return _page(request, "training/failed.html", following, marking=marking, wrong=wrong, again=again + 1)


@get("/training/passed", opt=TAKE)
async def show_passed(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The quiz is passed: what comes next, and the right answer where one was wrong."""
    certificate = await queries.newest_certificate(actor.id)
    if certificate is None:
        raise NotFoundException
    missed = quiz.question(request.query_params.get("missed", ""))
    door = DOORS[actor.role]
    wrong = [_explained(missed)] if missed else []
    return _page(request, "training/passed.html", certificate=certificate, wrong=wrong, door=door)


@get("/training/certificate", opt=TAKE)
async def show_certificate(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """One's own certificate, for the screen and for paper. Nobody else's can be asked for."""
    certificate = await queries.newest_certificate(actor.id)
    if certificate is None:
        raise NotFoundException
    over = certificate.valid_until < day_in(ZONE, clock.now())
    return _page(
        request, "training/certificate.html", certificate=certificate, holder=actor.name, over=over, at=clock.now()
    )


def _quiz(
    request: AnyRequest, again: int, marking: Marking, following: str | None = None, status: int = 200
) -> Response[Any]:
    asked = [(one.key, question_words(one.key)) for one in quiz.in_order(again)]
    missing = marking.missing if status == 422 else ()
    return _page(
        request, "training/quiz.html", following, status, asked=asked, given=marking.given, missing=missing, again=again
    )


def _explained(one: Question) -> dict[str, str]:
    """A question, its right answer, why it is right, and the section that says so."""
    words = question_words(one.key)
    answer = words.options[quiz.OPTIONS.index(one.right)]
    titles = section_titles()
    return {
        "key": one.key,
        "asked": words.asked,
        "answer": answer,
        "why": words.why,
        "section": one.section,
        "title": titles[one.section],
    }


def _page(
    request: AnyRequest, template: str, following: str | None = None, status: int = 200, **context: Any
) -> Response[Any]:
    """A page of the course; every link on it carries where its reader wanted to go."""
    following = following or pages.local_path(request.query_params.get("next"), SOMEWHERE)
    onwards = "" if following == SOMEWHERE else f"next={quote(following)}"
    return pages.html(pages.render(template, next=following, onwards=onwards, states=State, **context), status)


def _number(text: str) -> int:
    """How many tries came before, as far as the page says; it only changes the order of the questions."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0


HANDLERS: list[Any] = [
    show_course,
    show_quiz,
    take_quiz,
    show_passed,
    show_certificate,
    show_section,
]
