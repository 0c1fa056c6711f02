"""What people are told about who follows whom, by mail: that something waits, never whom it is about. Pure."""

from enum import StrEnum


class Notice(StrEnum):
    """The words are templates/patients/notice_<notice>; each leads to one page."""

    QUESTION = "question"
    """To a centre: another one asks about somebody it follows."""
    ORPHAN = "orphan"
    """To the network: a centre asks about somebody whom nobody follows."""
    ANSWERED = "answered"
    """To whoever asked."""
    CENTRE_ASKS = "centre_asks"
    """To a patient: a centre asks to follow them."""
    CENTRE_FOLLOWS = "centre_follows"
    CENTRE_LEFT = "centre_left"
    LEAVE_ASKED = "leave_asked"
    """To a centre: a patient wants to be followed no more."""
    LEAVE_DECIDED = "leave_decided"
    RECORD_ASKED = "record_asked"
    """To a centre: somebody asks for a record."""
    RECORD_DECIDED = "record_decided"
    RECORD_REMOVED = "record_removed"
    """To a patient: the record is out of sight."""
    RECORD_RESTORED = "record_restored"
    REMOVAL_ASKED = "removal_asked"
    """To a centre: a patient asks that the record be removed."""
    REMOVAL_DECIDED = "removal_decided"
    """To whoever asked."""


PAGES = {
    Notice.QUESTION: "/patients/requests",
    Notice.ORPHAN: "/administration/affiliations",
    Notice.ANSWERED: "/patients/requests",
    Notice.CENTRE_ASKS: "/me/centres",
    Notice.CENTRE_FOLLOWS: "/me/centres",
    Notice.CENTRE_LEFT: "/me/centres",
    Notice.LEAVE_ASKED: "/patients/requests",
    Notice.LEAVE_DECIDED: "/me/centres",
    Notice.RECORD_ASKED: "/patients/requests",
    Notice.RECORD_DECIDED: "/me/record/asks",
    Notice.RECORD_REMOVED: "/me",
    Notice.RECORD_RESTORED: "/me/record",
    Notice.REMOVAL_ASKED: "/patients/requests",
    Notice.REMOVAL_DECIDED: "/me/record",
}
