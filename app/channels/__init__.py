"""Mail, text messages and calls that leave the product, and what became of each. Who writes what is decided above."""

from app.lib import sms


def sms_available() -> bool:
    """Whether codes and notices can go to telephones here; pages offer it only then."""
    return sms.is_available()
