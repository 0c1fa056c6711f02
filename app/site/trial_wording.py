"""What is said when something in a trial, an enrolment or a visit cannot be done."""

from app.lib.i18n import gettext as _

Words = tuple[str, str, tuple[str, ...]]
"""Title, lede, advice."""


def refusals_of_trials() -> dict[str, Words]:
    """By the code of the rule."""
    return _of_trials() | _of_enrolments() | _of_visits() | _of_signing() | _of_reminders()


def _of_trials() -> dict[str, Words]:
    look = (_("Open the page of the trial again to see where it stands."),)
    return {
        "trial.gone": (_("This trial is closed"), _("It takes nobody any more. Nothing was changed."), look),
        "trial.not_open": (
            _("Your centre does not enrol in this trial today"),
            _("The trial is closed, or your centre is not open for it. Nothing was changed."),
            (_("Ask whoever looks after the network to open it in your centre."),),
        ),
        "trial.older": (
            _("A newer version of this trial is in use"),
            _("An older one does not take its place. Nothing was changed."),
            look,
        ),
        "trial.same_version": (
            _("This version of the trial is in use with another text"),
            _("What was applied does not change. Nothing was changed."),
            (_("Give the file a new version, with an amendment that says what changes."),),
        ),
        "trial_site.open": (
            _("The trial is open in this centre already"),
            _("Somebody opened it meanwhile. Nothing was changed."),
            look,
        ),
        "trial_site.changed": (
            _("Somebody else changed this centre’s part in the trial"),
            _("It was changed while you wrote. Nothing of what you sent was kept."),
            look,
        ),
        "trial_site.reason": (_("A reason is needed"), _("Nothing was changed."), (_("Go back and write why."),)),
        "trial_site.target": (
            _("The number of people is not possible"),
            _("Nothing was changed."),
            (_("Go back and enter a whole number from 1 to 100,000, or leave it empty."),),
        ),
        "trial_site.target_by": (
            _("The day of the target lies before the opening"),
            _("Nothing was changed."),
            (_("Go back and choose a later day."),),
        ),
    }


def _of_enrolments() -> dict[str, Words]:
    again = (_("Open the trials of the record to see where it stands."),)
    return {
        "enrolment.gone": (_("This enrolment is not there"), _("Nothing was changed."), again),
        "enrolment.there": (
            _("This person takes part in the trial already"),
            _("They were enrolled here or in another centre. Nobody is enrolled twice. Nothing was changed."),
            again,
        ),
        "affiliation.enrolled": (
            _("This person takes part in a trial at your centre"),
            _("Your centre goes on following them. Nothing was changed."),
            (_("End the enrolment first, under Trials in the record."),),
        ),
        "enrolment.no_consent": (
            _("The consent for this trial is missing"),
            _("Nobody is enrolled before whoever must sign has signed. Nothing was changed."),
            (_("Collect the consent, then enrol the person."),),
        ),
        "enrolment.not_eligible": (
            _("Not every rule of the trial is met"),
            _("Something changed since you opened the page. The person was not enrolled."),
            (_("Go back, check the rules, or note the person in the screening log."),),
        ),
        "enrolment.arm": (
            _("This arm is not in the protocol"),
            _("The protocol may have changed meanwhile. Nothing was changed."),
            (_("Go back, reload the page and choose again."),),
        ),
        "enrolment.day": (
            _("This day is not possible"),
            _("An enrolment begins before it ends, and none is dated far ahead. Nothing was changed."),
            (_("Go back and choose another day."),),
        ),
        "enrolment.event": (
            _("This date cannot be noted"),
            _("It lies in the future, or the protocol does not ask for it. Nothing was changed."),
            (_("Go back and check the date."),),
        ),
        "enrolment.reason": (_("A reason is needed"), _("Nothing was changed."), (_("Go back and write why."),)),
        "enrolment.ended": (
            _("This enrolment has ended"),
            _("Somebody noted its end. Nothing was changed."),
            (_("If the end was noted in error, take it back under Trials in the record."),),
        ),
        "enrolment.changed": (
            _("Somebody else changed this enrolment"),
            _("It was changed while you wrote. Nothing of what you sent was kept."),
            again,
        ),
    }


def _of_visits() -> dict[str, Words]:
    again = (_("Open the visit again to see where it stands."),)
    return {
        "visit.gone": (_("This visit is no longer planned"), _("The calendar changed. Nothing was changed."), again),
        "visit.signed": (
            _("This visit is signed"),
            _("Nothing was changed."),
            (_("Take the signature back first, with a reason."),),
        ),
        "visit.settled": (_("This visit is over"), _("Somebody ended it meanwhile. Nothing was changed."), again),
        "visit.not_begun": (_("This visit has not begun"), _("Nothing was changed."), again),
        "visit.missing": (
            _("Something required is missing in this visit"),
            _("The visit was not ended."),
            (_("Fill in what is missing, or say why it is missing."),),
        ),
        "visit.not_allowed": (
            _("This visit cannot be added"),
            _("The protocol does not allow it out of plan, or it took place already. Nothing was changed."),
            again,
        ),
        "visit.in_future": (
            _("This day is still to come"),
            _("A visit is held on a day that has come. Nothing was changed."),
            (_("Go back and check the day."),),
        ),
        "visit.too_early": (
            _("This day lies too far back"),
            _("It is more than a year before the enrolment. Nothing was changed."),
            (_("Go back and check the day."),),
        ),
        "visit.note": (_("The note is empty"), _("Nothing was changed."), (_("Go back and write something."),)),
        "visit.reason": (_("A reason is needed"), _("Nothing was changed."), (_("Go back and write why."),)),
    }


def _of_signing() -> dict[str, Words]:
    again = (_("Open the visit again to see where it stands."),)
    return {
        "visit.not_ready": (
            _("This visit cannot be signed yet"),
            _("Something stands in the way. It was not signed."),
            again,
        ),
        "visit.not_confirmed": (
            _("Something is to be confirmed before signing"),
            _("The visit was not signed."),
            (_("Go back, read what is listed, and confirm it."),),
        ),
        "check.settled": (
            _("This data check is settled"),
            _("The values changed, or somebody explained them meanwhile. Nothing was changed."),
            again,
        ),
        "check.reason": (_("A reason is needed"), _("Nothing was changed."), (_("Go back and write why."),)),
    }


def _of_reminders() -> dict[str, Words]:
    return {
        "reminder.too_late": (
            _("This reminder cannot be put off"),
            _("Nothing more is planned, or the time for these questionnaires ends before that day."),
            (_("Your home page shows what is still waiting for you."),),
        ),
    }
