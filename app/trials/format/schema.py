"""The JSON Schema of a trial file, for editors that complete and underline as one types. Refuses nothing itself."""

import json

import msgspec

from app.trials.format.shapes import TrialFile


def schema_text() -> str:
    """The schema as it stands in `trials/schema.json`."""
    schema = msgspec.json.schema(TrialFile)
    told = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Trial file, format 1"}
    return json.dumps({**told, **schema}, indent=1, ensure_ascii=False) + "\n"
