"""The words for invitations: where one stands, what is wrong with a form, what somebody does in a centre."""

from app.accounts.invitations.forms import LONGEST_NAME, Fault
from app.accounts.invitations.model import State
from app.accounts.professions import Access
from app.accounts.wording import name_words
from app.lib.i18n import gettext as _


def state_look(state: State) -> tuple[str, str, str]:
    """Words, icon and tone."""
    return {
        State.QUEUED: (_("Being sent"), "clock", ""),
        State.SENT: (_("Email sent"), "mail", "info"),
        State.OPENED: (_("Link opened"), "eye", "info"),
        State.ACCEPTED: (_("Accepted"), "check", "success"),
        State.BOUNCED: (_("Email came back"), "alert", "attention"),
        State.EXPIRED: (_("Run out"), "clock", "attention"),
        State.WITHDRAWN: (_("Withdrawn"), "dash", ""),
    }[state]


def access_words(access: Access) -> str:
    """What somebody does in a centre, for lists."""
    return {
        Access.TEAM: _("Team"),
        Access.TEAM_AND_ACCOUNTS: _("Team, and administers the accounts"),
        Access.ACCOUNTS: _("Administers the accounts, sees no patient"),
    }[access]


def access_choice(access: Access) -> str:
    """The same where one chooses."""
    return {
        Access.TEAM: _("Works with the team (an ARC: with the studies opened to them)"),
        Access.TEAM_AND_ACCOUNTS: _("The same, and looks after the accounts of the centre"),
        Access.ACCOUNTS: _("Looks after the accounts of the centre only, and sees no patient"),
    }[access]


def fault_words(fault: Fault) -> str:
    """The message beside a field: what to do."""
    return {
        Fault.EMAIL_MISSING: _("Enter the email address"),
        Fault.EMAIL_WRONG: _("Enter an email address like name@example.org"),
        Fault.GIVEN_NAME_MISSING: _("Enter the given name"),
        Fault.FAMILY_NAME_MISSING: _("Enter the family name"),
        Fault.NAME_TOO_LONG: _("Shorten this to %(most)s characters at most") % {"most": LONGEST_NAME},
        Fault.NAME_WRONG: name_words(LONGEST_NAME),
        Fault.PROFESSION_MISSING: _("Choose the profession"),
        Fault.ACCESS_MISSING: _("Choose what the person does in the centre"),
        Fault.LANGUAGE_MISSING: _("Choose the language of the email"),
        Fault.CENTRE_MISSING: _("Choose a centre"),
        Fault.PASSWORD_MISSING: _("Choose a password"),
        Fault.ALREADY_INVITED: _("This address is already invited to this centre. Send that invitation again instead."),
        Fault.WORKS_HERE: _("This person already has a place in this centre"),
        Fault.TOO_MANY: _("Too many invitations today. Go on tomorrow, or ask another administrator."),
    }[fault]
