"""Short names for exact contents: what was reviewed before sending, what a score was computed from. Pure."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import msgspec

from app.questionnaires.model import Questionnaire
from app.responses.model import Answers


def digest(answers: Answers) -> str:
    """A name for exactly these answers, so that what is sent is what was reviewed: 32 hexadecimal digits."""
    parts = sorted((item, row.hex, stamp.version) for (item, row), stamp in answers.stamps.items())
    rows = sorted((group, [row.hex for row in ids]) for group, ids in answers.rows.items())
    return sha256(msgspec.json.encode([parts, rows])).hexdigest()[:32]


def input_hash(q: Questionnaire, answers: Answers, facts: Mapping[str, Any]) -> bytes:
    """A hash of all that a score is computed from: answers, facts about the person, the questionnaire's version."""
    parts = [q.key, q.version, sorted(answers.values.items()), sorted((k, str(v)) for k, v in facts.items())]
    return sha256(msgspec.json.encode(parts)).digest()
