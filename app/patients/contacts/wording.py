"""The words for people close to a patient: what they are, what they may do, what is wrong with a form."""

from collections.abc import Collection

from app.access.rights import Right
from app.accounts.names import LONGEST
from app.accounts.proxies.model import Beyond
from app.accounts.wording import name_words
from app.channels.phones import PhoneProblem
from app.channels.wording import phone_words
from app.lib.i18n import NBSP
from app.lib.i18n import gettext as _
from app.patients.contacts.forms import LONGEST_NOTE, Fault


def kind_words(kind: str) -> str:
    """What somebody is to a patient."""
    return {
        "mother": _("Mother"),
        "father": _("Father"),
        "guardian": _("Guardian"),
        "partner": _("Partner"),
        "child": _("Son or daughter"),
        "sibling": _("Brother or sister"),
        "grandparent": _("Grandparent"),
        "friend": _("Friend"),
        "doctor": _("General practitioner or treating doctor"),
    }.get(kind, _("Other person close"))


def phone_shown(number: str) -> str:
    """A telephone number as people in France read it; one from elsewhere as it is dialled."""
    if not number.startswith("+33") or len(number) != 12:
        return number
    digits = "0" + number[3:]
    return NBSP.join(digits[at : at + 2] for at in range(0, 10, 2))


def speaker_words(name: str, kind: str) -> str:
    """Who said something: Claire Martin (mother)."""
    return f"{name} ({kind_words(kind).lower()})" if kind else name


def answered_words(name: str, kind: str, patient: str) -> str:
    """The same in a sentence, which says for whom where it was for somebody else."""
    if not kind:
        return _("Answered by %(name)s") % {"name": name}
    return _("Answered by %(name)s for %(patient)s") % {"name": speaker_words(name, kind), "patient": patient}


def ending_words(reason: str) -> str:
    """Why somebody is no longer a contact."""
    return {
        "no_longer": _("They are no longer close to the patient"),
        "other_person": _("Somebody else has taken their place"),
        "died": _("They have died"),
        "error": _("Written down by mistake"),
    }.get(reason, _("Another reason"))


def in_order(rights: Collection[Right]) -> list[Right]:
    """As they are offered."""
    return [right for right in Right if right in rights]


def right_words(right: Right) -> str:
    """What a proxy may do, where one chooses."""
    return {
        Right.VIEW: _("Read the record: answers, treatments, shared documents"),
        Right.ANSWER: _("Answer questionnaires about the patient"),
        Right.CONSENT: _("Sign consents for the patient"),
        Right.REMIND: _("Receive reminders"),
        Right.SPEAK: _("Answer in the patient’s own place too, as for a small child"),
    }[right]


def own_right_words(right: Right) -> str:
    """The same said to the patient, of somebody who answers for them."""
    return {
        Right.VIEW: _("Read my record: answers, treatments, shared documents"),
        Right.ANSWER: _("Answer questionnaires about me"),
        Right.CONSENT: _("Sign consents for me"),
        Right.REMIND: _("Receive reminders about me"),
        Right.SPEAK: _("Answer in my place"),
    }[right]


def right_name(right: Right) -> str:
    """The same in a word or two, for lists."""
    return {
        Right.VIEW: _("reads the record"),
        Right.ANSWER: _("answers"),
        Right.CONSENT: _("signs consents"),
        Right.REMIND: _("receives reminders"),
        Right.SPEAK: _("answers in the patient’s own place"),
    }[right]


def beyond_words(beyond: str) -> str:
    """Why a proxy's rights go on though the patient is of age."""
    return {
        Beyond.COURT: _("A court has decided so (guardianship, habilitation)"),
        Beyond.AGREED: _("The patient, of age, agrees"),
    }.get(Beyond(beyond), _("No ground: the rights pause at 18"))


def fault_words(fault: Fault) -> str:
    """The message beside a field: what to do."""
    return {
        Fault.GIVEN_NAME_MISSING: _("Enter the given name"),
        Fault.FAMILY_NAME_MISSING: _("Enter the family name"),
        Fault.NAME_TOO_LONG: _("Shorten this to %(most)s characters at most") % {"most": LONGEST},
        Fault.NAME_WRONG: name_words(LONGEST),
        Fault.EMAIL_WRONG: _("Enter an email address like name@example.org"),
        Fault.EMAIL_KNOWN_HERE: _("This address is that of another contact of this patient"),
        Fault.PHONE_WRONG: phone_words(PhoneProblem.WRONG),
        Fault.KIND_MISSING: _("Choose what this person is to the patient"),
        Fault.LANGUAGE_MISSING: _("Choose a language"),
        Fault.NOTE_TOO_LONG: _("Shorten this to %(most)s characters at most") % {"most": LONGEST_NOTE},
        Fault.DATE_WRONG: _("Enter a day like 22/11/2026"),
        Fault.DATE_FUTURE: _("This day is still to come"),
        Fault.DATE_BEFORE: _("This day is before the first one"),
        Fault.REASON_MISSING: _("Choose a reason"),
        Fault.SAME_MISSING: _("Say whether this is the same person"),
        Fault.SENT_OTHERWISE: _("This form added somebody already. Save again only if this is another person"),
    }[fault]
