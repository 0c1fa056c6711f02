"""Signing a visit, data checks and verification, in the words of a team. Pure."""

from app.accounts.wording import profession_words
from app.dashboard.signing.model import Signed
from app.lib.i18n import gettext as _
from app.lib.i18n import moment_words, ngettext
from app.trials.checks.model import Finding, State
from app.trials.sdv.model import Required
from app.trials.signing.model import Cause, Point


def point_words(point: Point) -> tuple[str, str]:
    """One line of the list before signing: what is the matter, and what to do or to know."""
    return {
        Point.NOT_OVER: (_("The visit is not over"), _("Complete it, or note that it is not held.")),
        Point.SIGNED: (_("The visit is signed already"), _("Somebody signed it meanwhile.")),
        Point.NOT_SCORED: (
            _("Scores are still being computed"),
            _("This takes less than a minute. Then load this page again."),
        ),
        Point.OPEN_FINDING: (
            _("Data checks ask a question"),
            _("Have the values corrected, or write why they are right."),
        ),
        Point.MISSING: (_("Required and not answered"), _("The reason stands on the page of the visit.")),
        Point.NOT_SENT: (
            _("Begun and not sent"),
            _("These answers are not signed. Whoever sends them later withdraws the signature by it."),
        ),
        Point.OUT_OF_WINDOW: (
            _("Held outside its window"),
            _("The protocol permits other days. It can be signed as it is."),
        ),
        Point.NOT_SHARED: (
            _("Answered at another centre and not shared with yours"),
            _("Nobody of your centre can read these answers. Your signature does not say that they are right."),
        ),
        Point.CONSENT: (
            _("No consent to this trial is in force"),
            _("It was withdrawn, or never noted. Your signature does not replace it."),
        ),
        Point.CONSENT_WAITS: (
            _("A new version of the protocol waits for consent"),
            _("This visit follows the former version."),
        ),
    }[point]


def signed_words(signed: Signed) -> str:
    """Who signed, as what, and when."""
    return _("Signed by %(name)s, %(profession)s, on %(moment)s") % {
        "name": signed.name,
        "profession": profession_words(signed.signature.profession).lower(),
        "moment": moment_words(signed.signature.signed_at),
    }


def undone_words(signed: Signed) -> str:
    """When a signature was given and why it holds no longer."""
    moment = moment_words(signed.signature.signed_at)
    known = {
        Cause.CORRECTED: _("The signature of %(moment)s was withdrawn: an answer has changed."),
        Cause.ANSWERED: _("The signature of %(moment)s was withdrawn: answers were sent after it."),
        Cause.BY_HAND: _("The signature of %(moment)s was withdrawn by %(name)s."),
    }
    cause = signed.signature.undone_cause or Cause.BY_HAND
    return known[cause] % {"moment": moment, "name": signed.undone_by or _("a member of the team")}


def unseen_words() -> str:
    """Of a finding, where its message would tell what this centre may not read."""
    return _("It concerns answers of another centre that the person does not share with yours.")


def state_words(finding: Finding) -> tuple[str, str, str]:
    """How a finding stands, with its icon and tone."""
    return {
        State.OPEN: (_("To be settled"), "query", "query"),
        State.EXPLAINED: (_("Explained"), "check", "success"),
        State.RESOLVED: (_("Settled: the values have changed"), "check", ""),
    }[finding.state]


def required_words(required: Required) -> str:
    """What is compared with its source in this visit."""
    count = {"num": len(required.values)}
    if required.full:
        drawn = _("This visit was drawn: all its values, %(num)s so far.")
        return (drawn if required.plan == "sample" else _("Every value, %(num)s so far.")) % count
    return ngettext("%(num)s critical value so far.", "%(num)s critical values so far.", count["num"]) % count
