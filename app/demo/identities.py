"""Who people are, in the demonstration: a birth date known in part, a name that changed, a record opened by mistake."""

from datetime import timedelta
from typing import Any

from app.demo.telling import Stage
from app.patients.actions import create_patient
from app.patients.dates import PartialDate
from app.patients.identity.actions import add_identifier, change_identity
from app.patients.model import NewPatient
from app.patients.removing.actions import remove_record

MONIQUE = NewPatient(
    given_names="Monique Fatiha",
    family_name="Aubry",
    birth_name="Meziane",
    birth_date=PartialDate(1948, 3),
    sex="female",
    birth_place="Constantine",
    birth_country="DZ",
    phone="06 39 98 00 21",
)
# The number is well formed and nobody's.
HELENE: dict[str, Any] = {
    "given_names": "Hélène Marie",
    "birth_date": PartialDate(1984, 3, 9),
    "sex": "female",
    "birth_place": "Vénissieux",
    "birth_place_code": "69259",
    "nir": "284036925941741",
    "email": "helene.caron@example.org",
    "phone": "06 39 98 00 22",
}
BY_MISTAKE = NewPatient(given_names="Karim", family_name="Bensaïd", birth_date=PartialDate(1979, 11, 2), sex="male")


async def identify(stage: Stage) -> None:
    """Make these people's records, as Inès and Marc would."""
    ines, marc = stage.professional("ines", "LYO"), stage.professional("marc", "LYO")
    await create_patient(ines, MONIQUE, at=stage.at - timedelta(days=33))
    helene = NewPatient(family_name="Dubois", **HELENE)
    patient = await create_patient(ines, helene, at=stage.at - timedelta(days=58))
    await add_identifier(ines, patient, "0102004417", at=stage.at - timedelta(days=58))
    married = NewPatient(family_name="Caron", birth_name="Dubois", **HELENE)
    await change_identity(marc, patient, married, seen=1, at=stage.at - timedelta(days=12))
    gone = await create_patient(marc, BY_MISTAKE, at=stage.at - timedelta(days=20))
    why = "Ouvert deux fois le même jour ; l’autre dossier est celui qui sert."
    await remove_record(marc, gone, "mistake", why, has_open_alerts=_none, at=stage.at - timedelta(days=20))


async def _none() -> bool:
    return False
