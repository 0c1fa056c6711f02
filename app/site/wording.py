"""The words of failures: what happened, what is kept, what to do next."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.consents.wording import refusals
from app.lib.i18n import day_words
from app.lib.i18n import gettext as _
from app.site.biology_wording import refusals_of_biology
from app.site.document_wording import refusals_of_documents
from app.site.patient_wording import refusals_of_patients
from app.site.treatment_wording import refusals_of_treatments
from app.site.trial_wording import refusals_of_trials


@dataclass(frozen=True, slots=True)
class Failure:
    """What a failure page says. `advice` are things one can do, most useful first."""

    title: str
    lede: str
    advice: tuple[str, ...] = ()
    way_on: tuple[str, str] | None = None
    """Words and address of what helps more than the home page."""


def failure_words(status: int) -> Failure:
    """The words for an HTTP status."""
    return {
        403: Failure(
            _("This page is not open to you"),
            _("Your account may not do this here."),
            (_("If you think it should, ask your centre."),),
        ),
        404: Failure(
            _("This page does not exist"),
            _("The address may be wrong, or the page may have been removed."),
            (_("Check the address, if you typed it."), _("Start again from the home page.")),
        ),
        405: Failure(
            _("This page cannot be opened this way"),
            _("The address exists, but only as the answer to a button of the product."),
            (_("Start again from the home page."),),
        ),
        413: Failure(
            _("This is too much at once"),
            _("What you sent is larger than 4 MB. Nothing was changed."),
            (_("Go back, shorten the text, then send again."),),
        ),
        500: Failure(
            _("A fault on our side"),
            _("You did nothing wrong. This page could not be opened."),
            (
                _("Wait a minute or two, then try again."),
                _("You can also come back later: your saved answers stay where they are."),
            ),
        ),
    }.get(status) or Failure(
        _("We did not understand this request"),
        _("Something in it is missing or of the wrong kind. Nothing was changed."),
        (_("Go back, check what you entered, then try again."),),
    )


def stale_form() -> Failure:
    """The form's token no longer fits."""
    return Failure(
        _("This page stood open for too long"),
        _("For your safety, what you sent was not taken. Nothing was changed."),
        (
            _("Go back with your browser’s button: what you typed is usually still there."),
            _("Reload the page, then send again."),
        ),
    )


def closed_words(code: str, since: date | None, patient: UUID) -> Failure:
    """A record that its owner does not allow centres to open."""
    if since is None:
        lede = _("What the person had agreed to has run out. Nobody opens, searches or computes anything in it.")
    else:
        said = _("It is closed by the person’s decision of %(day)s. Nobody opens, searches or computes anything in it.")
        lede = said % {"day": day_words(since)}
    return Failure(
        _("The record %(code)s is closed") % {"code": code},
        lede,
        (
            _("Nothing was erased. The person can open it again on their own pages, or at the centre."),
            _("An alert about somebody in danger still reaches you, under Today."),
        ),
        (_("Consents of this record"), f"/patients/{patient}/consents"),
    )


def unknown_language() -> Failure:
    """The visitor asked for a language that is not spoken here."""
    return Failure(_("This language is not available"), _("Cohorte speaks French and English."), ())


def refusal_words(code: str) -> Failure:
    """The words for a rule that said no."""
    return (
        _refusals().get(code)
        or _of_things().get(code)
        or Failure(
            _("This is no longer possible"),
            _("Something changed since you opened the page. Nothing of what you sent was kept."),
            (_("Go back and reload the page to see where things stand."),),
        )
    )


def _of_things() -> dict[str, Failure]:
    of_things = refusals_of_patients() | refusals_of_documents() | refusals_of_biology() | refusals_of_treatments()
    return {code: Failure(*words) for code, words in (of_things | refusals_of_trials()).items()}


def _refusals() -> dict[str, Failure]:
    start_again = (_("Start again from the home page."),)
    return {
        "account.closed": Failure(
            _("This account is closed"),
            _("It can no longer be used."),
            (_("Ask your centre to open one again."),),
        ),
        "account.address_taken": Failure(
            _("This address already has an account"),
            _("An email address belongs to one account only. Nothing was changed."),
        ),
        "account.changed_meanwhile": Failure(
            _("Your password was changed meanwhile"),
            _("It was changed while you typed. Nothing of what you sent was kept."),
            (_("Sign in with the new one."),),
        ),
        "session.closed": Failure(_("Your session has ended"), _("Nothing was changed."), (_("Sign in again."),)),
        "identity.no_reason": Failure(
            _("A reason is needed"),
            _("Nobody’s identity is opened without one. Nothing was opened."),
            (_("Go back and write the reason."),),
        ),
        "affiliation_request.too_many": Failure(
            _("Too many requests today"),
            _("Nothing was sent. Asking tells whether somebody is known elsewhere, so it is limited."),
            (_("Go on tomorrow, or ask a colleague."),),
        ),
        "affiliation_request.none": Failure(
            _("No close record is there any more"),
            _("There is nobody to ask. Nothing was sent."),
            (_("Open a record of your own."),),
        ),
        "affiliation_request.sent": Failure(
            _("This request was sent a moment ago"), _("It waits for an answer. Nothing was sent twice.")
        ),
        "affiliation_request.decided": Failure(
            _("This request has been settled"),
            _("Somebody was quicker, it was withdrawn, or its time is over. Nothing was changed."),
            (_("Go back to the requests to see where it stands."),),
        ),
        "affiliation_request.objected": Failure(
            _("The patient objects"),
            _("The request cannot be accepted. Nothing was changed."),
            (_("Speak with the patient, or refuse the request."),),
        ),
        "affiliation_request.own": Failure(
            _("You asked this yourself"),
            _("Somebody else of this centre decides on it. Nothing was changed."),
        ),
        "affiliation.ended": Failure(
            _("This centre follows the person no more"), _("Somebody ended it meanwhile. Nothing was changed.")
        ),
        "affiliation.day": Failure(
            _("This day cannot be the last one"),
            _("The last day lies between the first day of the follow-up and today. Nothing was changed."),
        ),
        "affiliation.alerts": Failure(
            _("An alert is open"),
            _("Your centre cannot leave while an alert of this person waits. Nothing was changed."),
            (_("Take up the alert first."),),
        ),
        "affiliation.practitioner": Failure(
            _("This person does not work here"), _("Choose somebody of your centre. Nothing was changed.")
        ),
        "leave.decided": Failure(
            _("This request has been settled"), _("It was answered or withdrawn. Nothing was changed.")
        ),
        "record_ask.too_many": Failure(
            _("Several of your requests are waiting"), _("Wait for an answer, or withdraw one. Nothing was sent.")
        ),
        "record_ask.sent": Failure(_("This was sent already"), _("It waits for an answer. Nothing was sent twice.")),
        "record_ask.has_account": Failure(
            _("This record has an account already"),
            _("Another account belongs to the person of this record. Nothing was changed."),
            (_("Choose another record, or have the person sign in with the account they have."),),
        ),
        "record_ask.has_record": Failure(
            _("This account has a record already"),
            _("It belongs to somebody whose own record is another one. Nothing was changed."),
            (_("Compare the two records: they may be one person’s."),),
        ),
        "record_ask.decided": Failure(
            _("This request has been settled"), _("Somebody was quicker, or it was withdrawn. Nothing was changed.")
        ),
        "invitation.already": Failure(
            _("This person is invited already"), _("Their invitation is open. You can send it again from the list.")
        ),
        "invitation.works_here": Failure(
            _("This person works in this centre"), _("No invitation is needed. Nothing was sent.")
        ),
        "merge.changed": Failure(
            _("One of the two records was changed meanwhile"),
            _("It was changed while you compared them. Nothing was merged."),
            (_("Go back and compare them again."),),
        ),
        "merge.not_possible": Failure(
            _("These two records cannot be merged"),
            _("One of them was removed, is merged already, or your centre does not follow it. Nothing was changed."),
            (_("Open the record again to see where it stands."),),
        ),
        "merge.not_the_last": Failure(
            _("A later merge comes first"),
            _("Merges of a record are undone one by one, the latest first. Nothing was changed."),
            (_("Go back to the list of merges and undo the latest."),),
        ),
        "merge.moved_on": Failure(
            _("Something was added to the record meanwhile"),
            _("It came while you sorted. Nothing was changed."),
            (_("Go back and sort what is new as well."),),
        ),
        "patient.merged": Failure(
            _("This record was merged with another"),
            _("Both are one record now. Nothing of what you sent was kept."),
            (_("Go back, copy what you wrote, and open the record again."),),
        ),
        "organisation.changed": Failure(
            _("Somebody else changed this centre"),
            _("It was changed while you wrote. Nothing of what you sent was kept."),
            (_("Open it again to see both."),),
        ),
        "organisation.code_taken": Failure(
            _("Another centre has this code"), _("A code names one centre. Nothing was changed.")
        ),
        "place.asked": Failure(
            _("You have asked for this place"), _("Your request is waiting, or you work in this centre.")
        ),
        "place.too_many": Failure(
            _("Five of your requests are waiting"), _("Wait until one of them is decided on. Nothing was sent.")
        ),
        "reset.decided": Failure(
            _("This reset has been decided on"),
            _("Somebody was quicker, or its time is over. Nothing was changed."),
            (_("Go back to the resets to see where it stands."),),
        ),
        "reset.of_the_network": Failure(
            _("This account belongs to the network"),
            _("Two people who look after the network reset it. Nothing was changed."),
        ),
        "reset.own_account": Failure(
            _("This is your own account"), _("Nobody has a hand in their own reset. Nothing was changed.")
        ),
        "reset.same_person": Failure(
            _("Another administrator has to confirm"),
            _("You asked for this reset; somebody else decides on it. Nothing was changed."),
        ),
        "reset.placed_by_the_other": Failure(
            _("Somebody else has to confirm"),
            _("One of you two gave the other their place in the centre. Nothing was changed."),
            (_("Ask another administrator of the centre, or the network."),),
        ),
        "reset.place_too_new": Failure(
            _("Somebody else has to confirm"),
            _("Both administrators need to have had their place for seven days. Nothing was changed."),
            (_("Ask another administrator of the centre, or the network."),),
        ),
        "reset.other_centre_needed": Failure(
            _("Another centre has to confirm"),
            _("This person works in another centre too. Nothing was changed."),
            (_("Ask an administrator of that centre, or the network."),),
        ),
        "identity.taken": Failure(
            _("This identity belongs to another account"),
            _("It can open one account only. Nothing was changed."),
        ),
        "membership.not_held": Failure(
            _("You do not work in this centre"),
            _("Your place there may have ended. You still act in the centre you were in."),
        ),
        "place.own": Failure(
            _("This is your own place"),
            _("Another administrator changes or ends it. Nothing was changed."),
        ),
        "place.ended": Failure(_("This place has ended"), _("Somebody ended it meanwhile. Nothing was changed.")),
        "place.none_to_give": Failure(
            _("There is no place to give"),
            _("The person works in every centre you look after, or their account is closed. Nothing was changed."),
        ),
        "account.own": Failure(
            _("This is your own account"),
            _("Somebody else who looks after the network closes it. Nothing was changed."),
        ),
        "place.decided": Failure(
            _("This request has been decided on"),
            _("Somebody was quicker, or the account was closed. What they decided stands. Nothing was changed."),
            (_("Go back to the requests to see what was decided."),),
        ),
        "place.closed": Failure(
            _("This centre takes nobody"),
            _("It is closed, or none was chosen. Nothing was changed."),
        ),
        "place.held": Failure(
            _("There is a place in this centre already"),
            _("A person has one place in a centre at a time. Nothing was changed."),
        ),
        "place.last_administrator": Failure(
            _("The centre would be without an administrator"),
            _("Nothing was changed."),
            (_("Let somebody else of the centre administer it first, or ask the network."),),
        ),
        "place.last_practitioner": Failure(
            _("The centre would be without a practitioner"),
            _("It follows patients, whose alerts would reach nobody. Nothing was changed."),
            (_("Give another practitioner a place first, or ask the network."),),
        ),
        "organisation.leaves_patients": Failure(
            _("Patients would be without a team"),
            _("No other open centre follows some of its patients. Nothing was changed."),
            (_("Go back, reload the page, and say that you know it; or let another centre follow them first."),),
        ),
        "organisation.closed": Failure(
            _("This centre is closed already"), _("Somebody closed it meanwhile. Nothing was changed.")
        ),
        "organisation.open": Failure(
            _("This centre is open already"), _("Somebody opened it meanwhile. Nothing was changed.")
        ),
        "invitation.accepted": Failure(
            _("This invitation has been accepted"), _("The person has their place. Nothing was changed.")
        ),
        "invitation.withdrawn": Failure(
            _("This invitation was withdrawn"),
            _("Its link no longer works. Nothing was changed."),
            (_("Invite the person anew."),),
        ),
        "invitation.over": Failure(
            _("This invitation no longer works"),
            _("It was used, withdrawn or has run out. Nothing was changed."),
            (_("Ask the person who invited you to send it again."),),
        ),
        "invitation.too_many": Failure(
            _("Too many invitations today"),
            _("This keeps people from being flooded with mail. Nothing was sent."),
            (_("Go on tomorrow, or ask another administrator."),),
        ),
        "identity.too_many": Failure(
            _("Too many identities opened today"),
            _("Opening an identity is an exception. Nothing was opened."),
            (_("Ask another person who looks after the network, or the patient’s centre."),),
        ),
        **{code: Failure(*words) for code, words in refusals().items()},
        "assignment.closed": Failure(
            _("This questionnaire is no longer asked for"),
            _("Your team took it back, or its time has passed. You have nothing to do."),
            start_again,
        ),
        "assignment.of_visit": Failure(
            _("This questionnaire belongs to a visit"),
            _("It is asked until the visit is over. Nothing was changed."),
            (_("Open the visit: it can be completed without it, or noted as not held."),),
        ),
        "assignment.opened": Failure(
            _("This questionnaire has been opened"),
            _("It can no longer be taken back, because answers may stand there. Nothing was changed."),
        ),
        "patient.no_centre": Failure(
            _("You act in no centre"), _("A record is opened by a centre. Nothing was changed.")
        ),
        "patient.sex_unknown": Failure(
            _("The sex of the patient is missing"), _("Choose one of the answers offered. Nothing was changed.")
        ),
        "response.draft": Failure(
            _("These answers have not been sent yet"),
            _("As long as they are not sent, you can change them freely: no correction is needed."),
            start_again,
        ),
        "response.sent": Failure(
            _("These answers have already been sent"),
            _("They may have been sent from another page or device. What was sent is kept."),
            (_("To change something, ask for a correction under My answers."),),
        ),
        "response.rows_full": Failure(
            _("The list is full"),
            _("This questionnaire takes no more entries here. Nothing was changed."),
            (_("Go back and remove an entry, if one is not needed."),),
        ),
    }
