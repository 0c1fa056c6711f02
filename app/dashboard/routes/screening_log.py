"""The screening log of a centre for one trial: who was considered, what came of it, counts, and a file of it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery

from app.access.guard import requires
from app.access.policy import Actor, Permission
from app.accounts.queries import names_of
from app.biology.imports.reading import written
from app.dashboard.routes.enrolling import whole
from app.lib import clock
from app.lib.cursors import Place, cursor, read_cursor
from app.lib.i18n import day_words, local
from app.lib.i18n import gettext as _
from app.trials.enrolling import wording
from app.trials.enrolling.actions import note_log_read
from app.trials.enrolling.model import LogLine
from app.trials.enrolling.queries import screening_counts, screening_log
from app.trials.format.model import Trial
from app.trials.library import Applied, find_trial, trial_at

READ = requires(Permission.PROGRESS_READ)
HERE = "/trials/{trial_key:str}/screening-log"
PAGE = 50
AT_ONCE = 500


async def _of(actor: Actor, key: str) -> tuple[Applied, UUID]:
    trial = await find_trial(key)
    if trial is None or actor.organisation is None:
        raise NotFoundException
    return trial, actor.organisation


async def _protocols(lines: Iterable[LogLine]) -> dict[UUID, Trial]:
    """The protocol that each line was judged by."""
    return {version: await trial_at(version) for version in {one.version for one in lines}}


@get(HERE, opt=READ)
async def show_log(
    actor: NamedDependency[Actor], trial_key: FromPath[str], before: FromQuery[str] = ""
) -> Response[Any]:
    """The lines of the reader's own centre, the newest first."""
    trial, centre = await _of(actor, trial_key)
    await note_log_read(actor, trial.key, exported=False, at=clock.now())
    found = await screening_log(centre, trial.id, before=read_cursor(before), limit=PAGE + 1)
    lines = found[:PAGE]
    more = f"/trials/{trial.key}/screening-log?before={cursor(_place(lines[-1]))}" if len(found) > PAGE else None
    return whole(
        "screening_log",
        trial=trial.trial,
        lines=lines,
        counts=await screening_counts(centre, trial.id),
        protocols=await _protocols(lines),
        names=await names_of({one.screened_by for one in lines}),
        first=f"/trials/{trial.key}/screening-log" if before else None,
        more=more,
    )


def _place(line: LogLine) -> Place:
    return line.screened_at, line.id


@get(f"{HERE}/export.csv", opt=READ)
async def export_log(actor: NamedDependency[Actor], trial_key: FromPath[str]) -> Response[Any]:
    """The same as a file: codes, no names of patients and no notes."""
    trial, centre = await _of(actor, trial_key)
    await note_log_read(actor, trial.key, exported=True, at=clock.now())
    lines: list[LogLine] = []
    while found := await screening_log(centre, trial.id, before=_place(lines[-1]) if lines else None, limit=AT_ONCE):
        lines += found
    protocols = await _protocols(lines)
    names = await names_of({one.screened_by for one in lines})
    heads = (_("Code"), _("Date"), _("Outcome"), _("Rules not met"), _("Version of the protocol"), _("Screened by"))
    rows = [_row(one, protocols[one.version], names.get(one.screened_by, "")) for one in lines]
    name = f"cohorte-{trial.key}-screening-{clock.now():%Y%m%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(written([heads, *rows]), media_type="text/csv; charset=utf-8", headers=headers)


def _row(line: LogLine, trial: Trial, by: str) -> tuple[str, ...]:
    unmet = "; ".join(wording.rule_words(trial, one) for one in line.failed)
    day = day_words(local(line.screened_at).date(), "short")
    return line.code, day, wording.outcome_words(line.outcome), unmet, trial.version, by


HANDLERS: list[Any] = [show_log, export_log]
