"""The words of the list of patients: which, in which order."""

from app.dashboard.listing.model import Order, Show, Wanted
from app.lib.i18n import gettext as _

Chip = tuple[str, str, None]
"""Text, address, and no count: counting a hundred thousand would cost more than the page."""


def order_words(order: Order) -> str:
    return {
        Order.ACTIVITY: _("Latest activity first"),
        Order.CODE: _("By code"),
        Order.DUE: _("By next due date: only those of whom something is awaited"),
    }[order]


def shows(wanted: Wanted) -> list[Chip]:
    """The parts of the list, in the order that is shown."""
    words = {
        Show.ALL: _("All patients of the centre"),
        Show.MINE: _("Those I follow"),
        Show.ALERTS: _("Alert to take up"),
        Show.OVERDUE: _("Overdue"),
        Show.WAITING: _("Something awaited"),
    }
    return [(text, wanted.address(show=show), None) for show, text in words.items()]


def orders(wanted: Wanted) -> list[Chip]:
    """The orders of the part that is shown."""
    words = {Order.ACTIVITY: _("Last activity"), Order.CODE: _("Code"), Order.DUE: _("Next due date")}
    return [(text, wanted.address(order=order), None) for order, text in words.items()]
