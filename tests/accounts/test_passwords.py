"""What is taken as a password and what is not, and that each refusal says what to do."""

import subprocess
import sys
from time import thread_time

import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from app.accounts.passwords import LONGEST, SHORTEST, weakness
from app.accounts.problems import Problem
from app.accounts.wording import problem_words
from tests.people import PASSWORD

ABOUT = ["Élodie", "Saint-Clair", "elodie.saintclair@chu-exemple.fr"]


@pytest.mark.capability("F8")
@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("", Problem.PASSWORD_MISSING),
        ("Kj7$xQ2!pLm", Problem.PASSWORD_TOO_SHORT),
        ("🙂" * (LONGEST + 1), Problem.PASSWORD_TOO_LONG),
        ("QwertyUiop123", Problem.PASSWORD_COMMON),
        ("azertyuiop12", Problem.PASSWORD_WEAK),
        ("123456789012", Problem.PASSWORD_WEAK),
        ("trustno1trustno1", Problem.PASSWORD_WEAK),
        ("Elodie.SaintClair.1984", Problem.PASSWORD_ABOUT_YOU),
        ("élodie saint clair 69", Problem.PASSWORD_ABOUT_YOU),
    ],
)
def test_what_would_be_guessed_is_refused(password, problem):
    assert weakness(password, ABOUT) is problem
    assert problem_words(problem)


@pytest.mark.parametrize(
    "password", [PASSWORD, "violette bouilloire neuf prairies", "h7#Vq9!zLw2&", "昨日の雨が屋根を叩いて眠れなかった"]
)
def test_what_would_not_be_guessed_is_taken(password):
    assert weakness(password, ABOUT) is None


def test_every_listed_password_that_is_long_enough_is_refused():
    listed = [word for word in FREQUENCY_LISTS["passwords"] if len(word) >= SHORTEST]

    assert len(listed) > 50
    assert {weakness(word.upper()) for word in listed} == {Problem.PASSWORD_COMMON}


HARD = "4@8({[<369!1|10$57+%2'*6"
"""Every sign that stands for a letter, so that each combination of readings is tried."""


@pytest.mark.parametrize(
    "password", [(HARD * 6)[:LONGEST], "+$96%6@|108[*3<21{54(7!'" * 5, "|'5{+64(<69$!3%*27[@1180" * 5]
)
def test_the_hardest_password_is_judged_in_a_moment(password):
    weakness("the lists are loaded first")
    began = thread_time()

    weakness(password, ABOUT)

    assert thread_time() - began < 1


def test_the_lists_are_not_loaded_at_start():
    loads = "import sys, app.accounts.passwords; print('zxcvbn' in sys.modules)"

    said = subprocess.run([sys.executable, "-c", loads], capture_output=True, text=True, check=True)

    assert said.stdout.strip() == "False"
