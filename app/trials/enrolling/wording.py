"""Enrolling in words: rules and what was found, who signs, the screening log, what an end means. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from app.lib.i18n import day_words, locale, ngettext
from app.lib.i18n import gettext as _
from app.questionnaires.expressions.functions import full_years
from app.questionnaires.model import text
from app.trials.enrolling.forms import Fault
from app.trials.enrolling.model import Agreement, Judged, Outcome, Shared
from app.trials.format.calendar import Asked, Planned
from app.trials.format.model import Facts, Trial
from app.trials.model import Ended, Visit
from app.trials.protocol_wording import TO_FILL_IN
from app.trials.visits.planning import Redrawn

Look = tuple[str, str, str]
"""Words, icon and tone of a state."""


def title_of(trial: Trial) -> str:
    return text(trial.file.title, locale.get())


def led_by(trial: Trial) -> list[str]:
    """Sponsor and principal investigator, as far as the file knows them."""
    names = (trial.file.sponsor, trial.file.principal_investigator)
    return [name for name in names if not name.startswith(TO_FILL_IN)]


def planned_title(trial: Trial, visit: str, number: int) -> str:
    """What the protocol calls a visit; of one that is repeated, which one it is."""
    known = next((one for one in trial.file.visits if one.id == visit), None)
    title = text(known.title, locale.get()) if known else visit
    if known is None or known.repeat is None:
        return title
    said = {"title": title, "number": number + 1, "times": max(known.repeat.times, number + 1)}
    return _("%(title)s, %(number)s of %(times)s") % said


def arm_words(trial: Trial, arm: str | None) -> str:
    """An arm as the protocol calls it; "" for none."""
    return text(trial.file.arms.get(arm), locale.get()) or arm if arm else ""


def event_words(trial: Trial, event: str) -> str:
    titles = {one.id: text(one.title, locale.get()) for one in trial.file.events}
    return titles.get(event) or event


def rule_words(trial: Trial, rule: str) -> str:
    """A rule of eligibility as it is written; its id where a newer version dropped it."""
    return {one.id: text(one.text, locale.get()) for one in trial.file.eligibility}.get(rule) or rule


def found_words(judged: Judged, facts: Facts, today: date) -> str:
    """What was found: `46 years old: yes`. For a rule that is asked, the answer alone."""
    said = {True: _("yes"), False: _("no"), None: _("not known")}[judged.found]
    if judged.asked:
        return said
    known = ", ".join(_known(judged.rule.rule or "", facts, today))
    return _("%(known)s: %(said)s") % {"known": known, "said": said} if known else said


def _known(rule: str, facts: Facts, today: date) -> list[str]:
    """The facts that a rule asks about, as they are known."""
    names, known = set(re.findall(r"[a-z_]+", rule)), []
    if "age" in names:
        years = full_years(facts.birth_date, today) if facts.birth_date else None
        aged = ngettext("%(num)s year old", "%(num)s years old", years or 0) % {"num": years}
        known.append(_("the whole birth date is not known") if years is None else aged)
    if "sex" in names:
        sexes = {"female": _("female"), "male": _("male")}
        known.append(sexes.get(facts.sex or "", _("the sex is not known")))
    return known


def met_look(judged: Judged) -> Look:
    if judged.met:
        return _("Met"), "check", "success"
    return (_("Not known"), "query", "attention") if judged.found is None else (_("Not met"), "x", "attention")


def consent_words(agreement: Agreement) -> str:
    """What the protocol calls a text."""
    return text(agreement.consent.title, locale.get())


def signer_words(wanted: str) -> str:
    """Who signs under a text of a protocol."""
    return {
        "patient": _("the patient"),
        "guardian": _("the legal guardian"),
        "both_parents": _("both holders of parental authority"),
        "proxy": _("a relative who may sign"),
    }[wanted]


def signers_words(agreement: Agreement) -> str:
    """To be signed by the patient."""
    joint = _(" or ")
    return _("To be signed by %(who)s.") % {"who": joint.join(signer_words(one) for one in agreement.consent.signed_by)}


def agreement_look(agreement: Agreement) -> Look:
    """Whether a consent counts for joining."""
    if agreement.met:
        return _("Given"), "check", "success"
    if agreement.line.allowed:
        return _("Signed by somebody else"), "alert", "attention"
    if agreement.line.said is not None:
        return _("Not given, or taken back"), "x", "attention"
    return (_("Missing"), "alert", "attention") if agreement.needed else (_("Not asked"), "circle", "")


def outcome_words(outcome: Outcome) -> str:
    """What a screening came to, in the log."""
    return {
        Outcome.ELIGIBLE: _("Enrolled"),
        Outcome.NOT_ELIGIBLE: _("Not eligible"),
        Outcome.DECLINED: _("Eligible, does not wish to take part"),
        Outcome.NO_CONSENT: _("No consent could be collected"),
    }[outcome]


def outcome_look(outcome: Outcome) -> Look:
    drawing, tone = {
        Outcome.ELIGIBLE: ("check", "success"),
        Outcome.NOT_ELIGIBLE: ("x", ""),
        Outcome.DECLINED: ("dash", ""),
        Outcome.NO_CONSENT: ("alert", "attention"),
    }[outcome]
    return outcome_words(outcome), drawing, tone


def calendar_words(planned: Sequence[Planned]) -> str:
    """The calendar in a sentence, for whoever hears it change."""
    if not planned:
        return _("No visit can be planned with these days.")
    said = ngettext("One visit, on %(first)s.", "%(num)s visits, from %(first)s to %(last)s.", len(planned))
    return said % {
        "num": len(planned),
        "first": day_words(planned[0].target),
        "last": day_words(planned[-1].target),
    }


def window_words(one: Planned) -> str:
    """The window of a visit to come, short enough for a table."""
    best, permitted = (_span(*days) for days in (one.best, one.permitted))
    if one.best == one.permitted:
        return permitted
    return _("ideally %(best)s; permitted %(permitted)s") % {"best": best, "permitted": permitted}


def _span(first: date, last: date) -> str:
    if first == last:
        return day_words(first, "short")
    said = _("%(first)s – %(last)s") % {"first": day_words(first, "short"), "last": day_words(last, "short")}
    return said.replace(" –", "\N{NO-BREAK SPACE}–")


def shared_words(shared: Iterable[Shared], names: Mapping[str, str], trials: Mapping[str, Trial]) -> list[str]:
    """One answer for two trials, a sentence for each of them. `names`: of questionnaires by key."""
    groups: dict[tuple[str, bool], list[str]] = {}
    for one in shared:
        groups.setdefault((one.visit.key, one.here), []).append(names.get(one.questionnaire, one.questionnaire))
    return [_shared(", ".join(several), title_of(trials[key]), here=here) for (key, here), several in groups.items()]


def _shared(names: str, trial: str, *, here: bool) -> str:
    said = {"names": names, "trial": trial}
    if here:
        return _("Answered once for both: what is answered for %(trial)s counts here too (%(names)s).") % said
    return _("What is answered here counts for %(trial)s too (%(names)s).") % said


def asked_counts(asked: Iterable[Asked]) -> dict[str, int]:
    """How many questionnaires each of those who answer is asked, in the order of the protocol."""
    counts: dict[str, int] = {}
    for one in asked:
        counts[one.who] = counts.get(one.who, 0) + 1
    return counts


def change_words(changes: Redrawn, trial: Trial) -> list[str]:
    """What becomes of each visit, the earliest first."""
    said = [(one.target, _added(one, trial)) for one in changes.add]
    said += [(aim.target, _moved(visit, aim, trial)) for visit, aim in changes.change]
    said += [(one.target or date.max, _removed(one, trial)) for one in changes.remove]
    return [words for _day, words in sorted(said)]


def _added(one: Planned, trial: Trial) -> str:
    title = planned_title(trial, one.visit, one.number)
    return _("%(visit)s is added: %(day)s") % {"visit": title, "day": day_words(one.target)}


def _moved(visit: Visit, aim: Planned, trial: Trial) -> str:
    said = {"visit": planned_title(trial, aim.visit, aim.number), "after": day_words(aim.target)}
    if visit.target is None or visit.target == aim.target:
        return _("%(visit)s (%(after)s): other questionnaires or another window") % said
    return _("%(visit)s: %(before)s becomes %(after)s") % (said | {"before": day_words(visit.target)})


def _removed(one: Visit, trial: Trial) -> str:
    title = planned_title(trial, one.visit, one.number)
    return _("%(visit)s is taken away") % {"visit": title}


def how_words(how: Ended) -> str:
    """How an enrolment ends, as a choice."""
    return {
        Ended.COMPLETED: _("Completed: every visit took place as planned"),
        Ended.WITHDRAWN: _("The person no longer wishes to take part"),
        Ended.EXCLUDED: _("Withdrawn by the investigator"),
        Ended.LOST: _("Lost to follow-up: nobody can reach the person"),
        Ended.DIED: _("The person has died"),
    }[how]


def fault_words(fault: Fault) -> str:
    """What to do, beside the field."""
    return {
        Fault.DAY_MISSING: _("Enter a real date, with four digits for the year"),
        Fault.DAY_FUTURE: _("Enter today or an earlier day"),
        Fault.DAY_FAR: _("Enter a day of the last ten years, or of the next 90 days"),
        Fault.DAY_BEFORE: _("Enter the day of inclusion or a later one"),
        Fault.ARM_MISSING: _("Choose an arm"),
        Fault.RULE_OPEN: _("Answer yes or no: as long as this is not known, the person is not enrolled"),
        Fault.RULE_UNMET: _("This rule is not met: note the person in the screening log instead"),
        Fault.CONSENT_MISSING: _("Collect this consent first"),
        Fault.OUTCOME_MISSING: _("Choose why the person does not take part"),
        Fault.HOW_MISSING: _("Choose how it ends"),
        Fault.REASON_MISSING: _("Write why"),
        Fault.TOO_LONG: _("Write at most 1,000 characters"),
        Fault.NOTHING_CHANGED: _("Nothing differs from what stands there now"),
    }[fault]
