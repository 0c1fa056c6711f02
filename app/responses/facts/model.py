"""Which answers tell a fact about the person, and which questionnaires go by it. Pure."""

from functools import cache

from app.questionnaires.model import Questionnaire
from app.questionnaires.red_flags import reach

TELLS_EDUCATION = {
    "social": "school_years",
    "wais3_criteria": "education_years",
    "wais4_criteria": "education_years",
}
"""Questionnaire → its item that holds the years of education, counted from the first year of primary school."""


@cache
def scored_by_education(q: Questionnaire) -> bool:
    """Whether a score of this questionnaire goes by the years of education, be it through a norm."""
    nodes = [node for one in q.scores for node in (one.node, one.applies, one.computable) if node is not None]
    return "education" in reach(q, nodes)
