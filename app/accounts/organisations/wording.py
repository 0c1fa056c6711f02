"""The words for centres: kinds, pathologies, time zones, and what is wrong with a form."""

from app.accounts.organisations.forms import LONGEST, Fault
from app.lib.i18n import gettext as _


def kind_words(kind: str) -> str:
    return {"expert_centre": _("Expert centre"), "inclusion_site": _("Inclusion site")}.get(kind, kind)


def pathology_words(pathology: str) -> str:
    """What a centre looks after, as teams call it."""
    return {
        "bipolar": _("Bipolar disorder"),
        "schizophrenia": _("Schizophrenia"),
        "depression": _("Depression"),
        "autism": _("Autism, Asperger syndrome"),
        "rett": _("Rett syndrome"),
        "type_1_diabetes": _("Type 1 diabetes"),
        "chronic_pain": _("Chronic pain"),
        "other": _("Other"),
    }.get(pathology, pathology)


def zone_words(zone: str) -> str:
    """A time zone by the place that people know."""
    return {
        "Europe/Paris": _("Mainland France (Paris)"),
        "Europe/Brussels": _("Belgium (Brussels)"),
        "Europe/Zurich": _("Switzerland (Zurich)"),
        "Europe/London": _("United Kingdom (London)"),
        "America/Martinique": _("Martinique"),
        "America/Guadeloupe": _("Guadeloupe"),
        "America/Cayenne": _("French Guiana (Cayenne)"),
        "America/Montreal": _("Quebec (Montreal)"),
        "Indian/Reunion": _("Réunion"),
        "Indian/Mayotte": _("Mayotte"),
        "Pacific/Noumea": _("New Caledonia (Nouméa)"),
        "Pacific/Tahiti": _("Tahiti"),
    }.get(zone, zone)


def field_words(field: str) -> str:
    """What a field of the form is called."""
    return {
        "name": _("Name"),
        "city": _("City"),
        "code": _("Code"),
        "kind": _("Kind of centre"),
        "phone": _("Telephone"),
        "time_zone": _("Time zone"),
        "pathologies": _("Pathologies"),
        "controller": _("Data controller"),
        "data_owner": _("Owner of the data"),
        "data_protection_officer": _("Data protection officer"),
    }.get(field, field)


def fault_words(fault: Fault) -> str:
    """The message beside a field: what to do."""
    return {
        Fault.NAME_MISSING: _("Enter the name of the centre"),
        Fault.CITY_MISSING: _("Enter the city"),
        Fault.CODE_MISSING: _("Enter a code"),
        Fault.CODE_WRONG: _("Use 2 to 12 letters without accents and digits, for example LYO"),
        Fault.CODE_TAKEN: _("Another centre has this code. Choose another one."),
        Fault.KIND_MISSING: _("Choose the kind of centre"),
        Fault.ZONE_MISSING: _("Choose the time zone"),
        Fault.PHONE_WRONG: _("Enter a telephone number with digits, for example 04 00 00 00 00"),
        Fault.TOO_LONG: _("Shorten this to %(most)s characters at most") % {"most": LONGEST},
        Fault.REASON_MISSING: _("Say why the centre is closed"),
        Fault.ALONE_UNTICKED: _("Tick the box if you close the centre all the same"),
    }[fault]
