"""`cohorte trial sdv`: the visits of a trial that are verified in full. People stand here as codes, never as names."""

import argparse
import asyncio
from typing import Any

OK, UNKNOWN = 0, 1


def add_sdv(commands: Any) -> argparse.ArgumentParser:
    sdv: argparse.ArgumentParser = commands.add_parser("sdv", help="the visits whose values are all verified")
    sdv.add_argument("key", metavar="KEY", help="of a trial that is applied")
    return sdv


def run_sdv(key: str) -> int:
    """Print the plan, then a line for each visit drawn: code, visit, day, how it stands; 1 for no such trial."""
    return asyncio.run(_print(key))


async def _print(key: str) -> int:
    from app.lib import clock
    from app.lib.i18n import ZONE
    from app.trials.library import find_trial
    from app.trials.sdv.queries import drawn_in

    applied = await find_trial(key)
    if applied is None:
        print(f"No trial '{key}' is applied.")
        return UNKNOWN
    plan, today = applied.trial.file.sdv, clock.day_in(ZONE, clock.now())
    sample = f", {plan.percent} % drawn with seed {plan.seed}" if plan.plan == "sample" else ""
    print(f"{key} {applied.trial.version}: {plan.plan}{sample}; {len(plan.critical)} critical values in every visit.")
    drawn, count = await drawn_in(key)
    for one in drawn:
        visit = one.visit
        day = visit.started_on or visit.target or ""
        print(f"{one.code}  {visit.name:<24}  {day!s:<10}  {visit.state(today)}")
    print(f"{len(drawn)} of {count} visits are verified in full.")
    return OK
