"""Which tab of the record a questionnaire belongs to: one fixed map. Pure."""

from collections.abc import Mapping
from enum import StrEnum


class Tab(StrEnum):
    """The parts of a record's questionnaires, by who speaks and what for."""

    SELF = "self"
    OBSERVED = "observed"
    SOCIAL = "social"
    CLINICAL = "clinical"
    NEUROPSYCHOLOGY = "neuropsychology"


TABS: Mapping[str, Tab] = {
    "auto": Tab.SELF,
    "diary": Tab.SELF,
    "hetero": Tab.OBSERVED,
    "thymic": Tab.OBSERVED,
    "neuropsychology": Tab.NEUROPSYCHOLOGY,
    "social": Tab.SOCIAL,
    "nurse": Tab.CLINICAL,
    "medical": Tab.CLINICAL,
    "history": Tab.CLINICAL,
}


def tab_named(name: str | None) -> Tab | None:
    """The tab of an address; None for all of them.

    >>> tab_named("social"), tab_named("anything"), tab_named(None)
    (<Tab.SOCIAL: 'social'>, None, None)
    """
    return Tab(name) if name in set(Tab) else None
