"""What is said when the report of a laboratory cannot be kept or changed, or a file of results not imported."""

from app.lib.i18n import gettext as _

Words = tuple[str, str, tuple[str, ...]]
"""Title, lede, advice."""


def refusals_of_biology() -> dict[str, Words]:
    """By the code of the rule."""
    return {
        "lab_report.gone": (
            _("This laboratory report was removed"),
            _("Somebody took it out of the record meanwhile. Nothing was changed."),
            (),
        ),
        "lab_report.changed": (
            _("Somebody changed this laboratory report meanwhile"),
            _("Nothing of what you sent was kept."),
            (_("Go back, reload the page and look at what stands there now."),),
        ),
        "lab_report.empty": (
            _("No result was entered"),
            _("A laboratory report has at least one result. Nothing was changed."),
            (),
        ),
        "lab_report.taken": (
            _("This form was used already"),
            _("It belongs to another laboratory report. Nothing was kept."),
            (_("Open the form again from the record."),),
        ),
        "lab_import.over": (
            _("The file is no longer here"),
            _("It is kept for an hour between the check and the import. Nothing was imported."),
            (_("Send the file again."),),
        ),
        "lab_import.changed": (
            _("Something changed since the file was checked"),
            _("What would be imported is no longer what you saw. Nothing was imported."),
            (_("Go back, reload the page, look at the check once more, then import."),),
        ),
    }
