"""What is said when a document cannot be kept, opened or changed. The other rules are in wording.py."""

from app.files.wording import problems
from app.lib.i18n import gettext as _

Words = tuple[str, str, tuple[str, ...]]
"""Title, lede, advice."""


def refusals_of_documents() -> dict[str, Words]:
    """By the code of the rule."""
    return {code: (_("This document was not kept"), words, ()) for code, words in problems().items()} | {
        "file.unreachable": (
            _("This document cannot be opened just now"),
            _("The place where documents lie does not answer. The document is not lost."),
            (_("Try again in a few minutes."),),
        ),
        "file.broken": (
            _("This document cannot be opened"),
            _("What lies in the storage is not what was kept. It may have been altered, so nothing of it is shown."),
            (_("Tell whoever looks after this site: a backup may hold the document."),),
        ),
        "file.not_checked": (
            _("This document cannot be opened yet"),
            _("It is being checked for viruses, or a virus was found in it."),
            (_("Look at its state in the list of documents."),),
        ),
        "file.gone": (
            _("This document was removed"),
            _("Somebody took it out of the record meanwhile. Nothing was changed."),
            (),
        ),
        "file.signed": (
            _("A consent stays in the record"),
            _("It proves what somebody agreed to, so it is not removed. Nothing was changed."),
            (_("To end a consent, note its withdrawal in the Consents tab."),),
        ),
        "file.changed": (
            _("Somebody changed this document meanwhile"),
            _("Nothing of what you sent was kept."),
            (_("Go back, reload the page and look at what stands there now."),),
        ),
    }
