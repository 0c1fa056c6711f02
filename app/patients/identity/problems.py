"""What can be wrong with what was typed about a patient, as codes; the words are in wording.py."""

from enum import StrEnum


class Fault(StrEnum):
    BIRTH_NAME_MISSING = "birth_name_missing"
    GIVEN_NAMES_MISSING = "given_names_missing"
    NAME_SIGNS = "name_signs"
    NAME_LONG = "name_long"
    SEX_MISSING = "sex_missing"
    BIRTH_MISSING = "birth_missing"
    BIRTH_WRONG = "birth_wrong"
    BIRTH_DAY_ALONE = "birth_day_alone"
    BIRTH_TO_COME = "birth_to_come"
    BIRTH_LONG_AGO = "birth_long_ago"
    PLACE_SIGNS = "place_signs"
    PLACE_CODE_WRONG = "place_code_wrong"
    PLACE_CODE_ABROAD = "place_code_abroad"
    COUNTRY_UNKNOWN = "country_unknown"
    NIR_LENGTH = "nir_length"
    NIR_WRONG = "nir_wrong"
    EMAIL_WRONG = "email_wrong"
    PHONE_WRONG = "phone_wrong"
    LANGUAGE_MISSING = "language_missing"
    TOO_MANY = "too_many"


class Doubt(StrEnum):
    """What a NIR says otherwise than the form. Both may be right: numbers are given once, people move and change."""

    SEX = "sex"
    YEAR = "year"
    MONTH = "month"
    COMMUNE = "commune"
