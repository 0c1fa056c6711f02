"""Reading the form of a centre: what was typed becomes details, or says what is wrong with it. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from app.accounts.organisations.model import (
    OF_THE_CENTRE,
    PATHOLOGIES,
    TIME_ZONES,
    Details,
    OrganisationKind,
)

CODE = re.compile(r"[A-Z0-9](-?[A-Z0-9]){1,11}")
PHONE = re.compile(r"\+?[0-9 ().\-\N{NO-BREAK SPACE}]{6,30}")
LONGEST = 120
LONGEST_REASON = 500


class Fault(StrEnum):
    """What is wrong with one field."""

    NAME_MISSING = "name_missing"
    CITY_MISSING = "city_missing"
    CODE_MISSING = "code_missing"
    CODE_WRONG = "code_wrong"
    CODE_TAKEN = "code_taken"
    KIND_MISSING = "kind_missing"
    ZONE_MISSING = "zone_missing"
    PHONE_WRONG = "phone_wrong"
    TOO_LONG = "too_long"
    REASON_MISSING = "reason_missing"
    ALONE_UNTICKED = "alone_unticked"


@dataclass(frozen=True, slots=True)
class Read:
    """`details` as typed, tidied; `faults` by field. Only without faults may it be kept."""

    details: Details
    faults: Mapping[str, Fault]


def tidy(text: str) -> str:
    """One line without control characters and double spaces."""
    return " ".join("".join(mark for mark in text if mark.isprintable() or mark.isspace()).split())


def read_all(typed: Mapping[str, str], chosen: Sequence[str]) -> Read:
    """The whole form, as those who look after the network fill it in."""
    details = Details(
        code=tidy(typed.get("code", "")).upper(),
        name=tidy(typed.get("name", "")),
        city=tidy(typed.get("city", "")),
        kind=typed.get("kind", ""),
        time_zone=typed.get("time_zone", ""),
        **_of_the_centre(typed, chosen),
    )
    faults = {field: fault for field, fault in _all_faults(details) if fault is not None}
    return Read(details, faults)


def read_own(typed: Mapping[str, str], chosen: Sequence[str], kept: Details) -> Read:
    """What the centre's own administrators may change; the rest stays as it is kept."""
    details = replace(kept, **_of_the_centre(typed, chosen))
    faults = {field: fault for field, fault in _all_faults(details) if fault is not None and field in OF_THE_CENTRE}
    return Read(details, faults)


def read_reason(typed: str) -> str:
    """Why something is closed, on one line."""
    return tidy(typed)[:LONGEST_REASON]


def _of_the_centre(typed: Mapping[str, str], chosen: Sequence[str]) -> dict[str, Any]:
    return {
        "phone": tidy(typed.get("phone", "")),
        "pathologies": tuple(one for one in PATHOLOGIES if one in chosen),
        "controller": tidy(typed.get("controller", "")),
        "data_owner": tidy(typed.get("data_owner", "")),
        "data_protection_officer": tidy(typed.get("data_protection_officer", "")),
    }


def _all_faults(details: Details) -> list[tuple[str, Fault | None]]:
    kinds: set[str] = {kind.value for kind in OrganisationKind}
    return [
        ("name", _line(details.name, Fault.NAME_MISSING)),
        ("city", _line(details.city, Fault.CITY_MISSING)),
        ("code", _code(details.code)),
        ("kind", None if details.kind in kinds else Fault.KIND_MISSING),
        ("phone", None if not details.phone or PHONE.fullmatch(details.phone) else Fault.PHONE_WRONG),
        ("time_zone", None if details.time_zone in TIME_ZONES else Fault.ZONE_MISSING),
        ("controller", _line(details.controller, None)),
        ("data_owner", _line(details.data_owner, None)),
        ("data_protection_officer", _line(details.data_protection_officer, None)),
    ]


def _line(text: str, missing: Fault | None) -> Fault | None:
    if not text:
        return missing
    return Fault.TOO_LONG if len(text) > LONGEST else None


def _code(code: str) -> Fault | None:
    if not code:
        return Fault.CODE_MISSING
    return None if CODE.fullmatch(code) else Fault.CODE_WRONG
