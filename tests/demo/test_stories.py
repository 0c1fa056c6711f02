"""What the people of the demonstration answered is what their questionnaires ask."""

import pytest

from app.demo.accounts import ANSWERERS
from app.demo.cast import CAST
from app.demo.others import OTHERS
from app.demo.stories import Asked, Sent, Story
from app.questionnaires.answering import parse_answers
from app.questionnaires.library import library
from app.questionnaires.visibility import environment, visible

TOLD = [
    pytest.param(story, one, id=f"{story.family_name}-{one.questionnaire}-{n}")
    for story in (*CAST, *OTHERS)
    for n, one in enumerate((*story.sent, *(asked for asked in story.waiting if asked.given)))
]


@pytest.mark.parametrize(("story", "told"), TOLD)
def test_every_answer_fits_its_question_and_was_asked(story: Story, told: Sent | Asked) -> None:
    q = library().find(told.questionnaire)
    given = dict(told.given or {})
    _, problems = parse_answers(q, given)
    assert problems == []
    hidden = {name for name in given if name in q.questions} - visible(q, environment(q, given))
    assert hidden == set()
    assert told.answered_by in q.file.answered_by


@pytest.mark.parametrize("story", [*CAST, *OTHERS], ids=lambda story: story.family_name)
def test_a_story_begins_before_what_happens_in_it(story: Story) -> None:
    days = [one.days_ago + 4 for one in story.sent] + [-one.opens_in for one in story.waiting]
    assert max(days, default=0) <= story.followed_for
    assert len({(one.questionnaire, one.days_ago) for one in story.sent}) == len(story.sent)


def test_every_account_that_is_announced_has_a_story() -> None:
    accounts = [story.account for story in (*CAST, *OTHERS) if story.account]
    assert len(set(accounts)) == len(accounts)
    # Sylvie's story is told with those of people close.
    assert {person.key for person in ANSWERERS} <= {*accounts, "sylvie"}
