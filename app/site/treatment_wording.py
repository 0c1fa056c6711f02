"""What is said when a treatment or an adverse effect cannot be changed."""

from app.lib.i18n import gettext as _

Words = tuple[str, str, tuple[str, ...]]
"""Title, lede, advice."""


def refusals_of_treatments() -> dict[str, Words]:
    """By the code of the rule."""
    used = (
        _("This form was used already"),
        _("Something else was written down with it. Nothing of what you sent was kept."),
        (_("Open the form again from the record."),),
    )
    return {
        "prescription.taken": used,
        "adverse_effect.taken": used,
        "prescription.gone": (
            _("This treatment was removed"),
            _("Somebody took it out of the record meanwhile. Nothing was changed."),
            (),
        ),
        "prescription.stopped": (
            _("This treatment was stopped already"),
            _("Nothing was changed."),
            (_("Go back to the treatments and look at what stands there now."),),
        ),
        "prescription.followed": (
            _("Another dose follows this one"),
            _("A dose that was changed is removed after the one that follows it. Nothing was changed."),
            (_("Remove the later dose first, or correct this one."),),
        ),
        "adverse_effect.gone": (
            _("This adverse effect was removed"),
            _("Somebody took it out of the record meanwhile. Nothing was changed."),
            (),
        ),
    }
