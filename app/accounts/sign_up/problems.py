"""What can go wrong while signing up, as codes, but for addresses and passwords. The words are in wording.py."""

from enum import StrEnum


class Fault(StrEnum):
    FAMILY_NAME_MISSING = "family_name_missing"
    GIVEN_NAME_MISSING = "given_name_missing"
    NAME_WRONG = "name_wrong"
    BIRTH_MISSING = "birth_missing"
    BIRTH_WRONG = "birth_wrong"
    BIRTH_TO_COME = "birth_to_come"
    SEX_MISSING = "sex_missing"
    PHONE_WRONG = "phone_wrong"
    NIR_LENGTH = "nir_length"
    NIR_WRONG = "nir_wrong"
    PROFESSION_MISSING = "profession_missing"
    ORGANISATION_MISSING = "organisation_missing"
    ORGANISATION_UNNAMED = "organisation_unnamed"
    RPPS_LENGTH = "rpps_length"
    RPPS_WRONG = "rpps_wrong"
    TOO_QUICK = "too_quick"
    TOO_QUICK_UNPROVEN = "too_quick_unproven"
    OPEN_TOO_LONG = "open_too_long"
    PROOF_WRONG = "proof_wrong"
    TOO_MANY = "too_many"
    TOO_MANY_UNPROVEN = "too_many_unproven"
    TOO_MANY_FOR_ADDRESS = "too_many_for_address"
