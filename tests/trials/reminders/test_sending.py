"""Reminders of a visit from the plan to the mailbox: what is sent to whom, once, and what is held back and why."""

import os
from datetime import timedelta

import pytest

from app.access.rights import USUAL_RIGHTS, Right
from app.assignments.queries import find_assignment
from app.channels.actions import note_report
from app.channels.model import State as Delivered
from app.cli.local import free_port
from app.lib import clock
from app.lib.db import execute, fetch, fetch_value
from app.lib.keys import ring
from app.responses.actions import open_response
from app.settings import settings
from app.trials.enrolling.actions import Joining, change_enrolment, end_enrolment
from app.trials.model import Ended
from app.trials.reminders.actions.planning import plan_reminders
from app.trials.reminders.jobs import send_all
from app.trials.reminders.rendering import Content, letter_of, text_of
from app.trials.visits.actions.holding import complete_visit, open_visit, reopen_visit, skip_visit
from app.trials.visits.model import SkipReason
from tests.consents.stories import says
from tests.trials.reminders.stories import TODAY, day, enrolled, log, mails_to, moment, reminding, round_of
from tests.trials.stories import joined, opened, visit_named

PLANNED = [
    ("protocol", 1, "planned", ""),
    ("protocol", 4, "planned", ""),
    ("protocol", 7, "planned", ""),
    ("expired", 22, "planned", ""),
]


async def test_what_a_protocol_says_is_planned_once(db, people):
    await enrolled(people)

    assert await log() == PLANNED
    team = await log("team")
    assert {one[:3] for one in team} == {("protocol", 2, "planned"), ("protocol", 9, "planned")}
    await plan_reminders(at=clock.now())
    assert await log() == PLANNED
    assert await log("team") == team


@pytest.mark.capability("A14")
async def test_one_mail_for_a_visit_names_nobody_and_is_sent_once(db, people, mailbox):
    await enrolled(people)

    assert await round_of(moment(1, "17:59")) == 0
    assert await round_of(moment(1)) == 1
    assert await round_of(moment(1)) == 0
    assert await round_of(moment(1, "18:05")) == 0

    [mail] = mails_to(mailbox, "paul")
    assert mail.subject == letter_of("fr", Content(waiting=True)).subject
    assert "http://test/home" in mail.text
    assert "http://test/me/reminders" in mail.text
    assert not any(word in mail.text for word in ("Paul", "Lambert", "Petit essai", "PHQ", "Lyon"))
    row = await fetch("SELECT * FROM reminder WHERE state = 'sent'")
    assert len(row) == 1
    assert (row[0]["channel"], len(row[0]["assignments"])) == ("email", 2)
    delivery = await fetch("SELECT * FROM delivery WHERE subject = $1", row[0]["message"])
    assert [(one["purpose"], one["account"]) for one in delivery] == [("visit_reminder", people["paul"].account)]


async def test_never_more_than_the_cap_never_at_night_and_once_a_day(db, people, mailbox):
    """Six weeks, looked at every two hours, with nobody answering."""
    await enrolled(people)
    sent = []
    for hour in range(2, 42 * 24, 4):
        at = moment(0, "00:00") + timedelta(hours=hour)
        if await round_of(at):
            sent.append(at)
    to_paul = await fetch("SELECT decided_at FROM reminder WHERE state = 'sent' AND account = $1 ORDER BY 1",
                          people["paul"].account)  # fmt: skip

    hours = [(clock.day_in("Europe/Paris", row["decided_at"]) - TODAY).days for row in to_paul]
    assert hours == [1, 4, 7, 22]
    assert len(mails_to(mailbox, "paul")) == 4
    assert all(8 <= at.hour < 21 for at in sent)
    assert mails_to(mailbox, "paul")[0].subject == letter_of("fr", Content(closed=True)).subject


async def test_what_is_due_at_night_waits_for_the_morning(db, people, mailbox):
    await enrolled(people)

    assert await round_of(moment(1, "23:30")) == 0
    assert await round_of(moment(2, "07:59")) == 0
    assert await round_of(moment(2, "08:00")) == 1


async def test_a_centre_far_away_is_reminded_at_its_own_hour(db, people, mailbox):
    await execute("UPDATE organisation SET time_zone = 'America/Martinique' WHERE id = $1", people.lyon)
    await enrolled(people)

    assert await round_of(moment(1, "18:00")) == 0
    assert await round_of(moment(1, "17:59", "America/Martinique")) == 0
    assert await round_of(moment(1, "18:00", "America/Martinique")) == 1


async def test_two_trials_are_one_message_a_day(db, people, mailbox):
    await enrolled(people)
    await enrolled(people, reminding("other", **{'hour: "18:00"': 'hour: "20:00"'}), key="other")

    assert await round_of(moment(1)) == 1
    assert await round_of(moment(1, "20:00")) == 0
    assert len(mails_to(mailbox, "paul")) == 1
    assert (await log())[:2] == [("protocol", 1, "sent", "")] * 2
    assert await fetch_value("SELECT count(DISTINCT message) FROM reminder WHERE state = 'sent'") == 1


async def test_what_could_not_go_along_keeps_its_own_hour(db, people, mailbox):
    await enrolled(people, reminding(**{"by: [mail, sms]": "by: [sms]"}))
    later = {'hour: "18:00"': 'hour: "20:00"', "by: [mail, sms]": "by: [sms]"}
    await enrolled(people, reminding("other", **later), key="other")

    await round_of(moment(1))
    assert (await log())[:2] == [("protocol", 1, "held_back", "no_address"), ("protocol", 1, "planned", "")]


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("completed", "settled"),
        ("skipped", "settled"),
        ("ended", "ended"),
        ("died", "died"),
        ("contact", "contact"),
        ("trial:small", "trial"),
        ("care", "closed"),
    ],
)
async def test_what_needs_no_reminder_stops_at_once(db, people, mailbox, what, why):
    enrolment = await enrolled(people)
    visit, ines, at = await visit_named(enrolment, "start#0"), people["ines"].actor, clock.now()
    if what == "completed":
        await open_visit(ines, visit.id, TODAY, at=at)
        await complete_visit(ines, visit.id, TODAY, "On paper.", at=at)
    elif what == "skipped":
        await skip_visit(ines, visit.id, SkipReason.ILL, "", at=at)
    elif what in {"ended", "died"}:
        how = Ended.DIED if what == "died" else Ended.LOST
        await end_enrolment(ines, enrolment, how, TODAY, "", at=at)
    else:
        await says(people, "paul", what, yes=False)

    assert await log() == [(kind, due, "held_back", why) for kind, due, _, _ in PLANNED]
    for days in (1, 4, 7, 22):
        await round_of(moment(days))
    assert mails_to(mailbox, "paul") == []


async def test_a_visit_taken_up_again_is_reminded_of_again(db, people):
    enrolment = await enrolled(people)
    visit, ines = await visit_named(enrolment, "start#0"), people["ines"].actor
    await skip_visit(ines, visit.id, SkipReason.ILL, "", at=clock.now())
    await reopen_visit(ines, visit.id, "She came after all.", at=clock.now())
    await plan_reminders(at=clock.now())

    assert await log() == PLANNED


async def test_somebody_who_died_is_reminded_of_nothing_in_any_trial(db, people, mailbox):
    await enrolled(people)
    other = await enrolled(people, reminding("other"), key="other")
    await end_enrolment(people["ines"].actor, other, Ended.DIED, TODAY, "", at=clock.now())

    assert {one[3] for one in await log()} == {"died"}
    await plan_reminders(at=clock.now())
    assert await round_of(moment(1)) == 0
    assert {one[3] for one in (await log())[:1]} == {"died"}


async def test_what_was_answered_is_not_reminded_of(db, people, mailbox):
    await enrolled(people)
    await execute("UPDATE assignment SET state = 'done', closed_at = now() WHERE answered_by = 'patient'")

    assert await round_of(moment(1)) == 0
    assert (await log())[0] == ("protocol", 1, "held_back", "answered")


async def test_nobody_who_wrote_today_is_reminded_today(db, people, mailbox):
    await enrolled(people)
    asked = await fetch_value("SELECT id FROM assignment WHERE questionnaire = 'gad7'")
    await open_response(people["paul"].actor, await find_assignment(asked), "fr", at=moment(1, "10:00"))

    assert await round_of(moment(1)) == 0
    assert (await log())[0] == ("protocol", 1, "held_back", "today")
    await round_of(moment(4))
    assert len(mails_to(mailbox, "paul")) == 1


async def test_an_address_from_which_mail_came_back_is_written_to_no_more(db, people, mailbox):
    await enrolled(people)
    await round_of(moment(1))
    called = await fetch_value("SELECT provider_id FROM delivery WHERE purpose = 'visit_reminder'")
    await note_report(called, Delivered.BOUNCED, "5.1.1", at=moment(1, "18:10"))

    await round_of(moment(4))
    assert (await log())[1] == ("protocol", 4, "held_back", "no_address")
    assert len(mails_to(mailbox, "paul")) == 1


async def test_a_team_is_reminded_by_code_whoever_is_in_charge(db, people, mailbox):
    await enrolled(people)
    assert await round_of(moment(2, "09:00")) >= 2
    code = await fetch_value("SELECT code FROM patient WHERE id = $1", people.paul_patient)
    mails = [mail for who in ("ines", "marc") for mail in mails_to(mailbox, who)]
    assert len(mails) == 2
    assert all(code in mail.text and "Lambert" not in mail.text and "essai" not in mail.text for mail in mails)
    assert mails_to(mailbox, "zoe") == []

    await execute("UPDATE affiliation SET practitioner = $2 WHERE patient = $1", people.paul_patient,
                  people["marc"].account)  # fmt: skip
    await round_of(moment(9, "09:00"))
    assert [len(mails_to(mailbox, who)) for who in ("ines", "marc")] == [1, 2]


async def test_a_relative_is_reminded_with_the_right_to_be_and_nobody_else_is(db, people, mailbox):
    asked = "who: patient, questionnaires: [{key: phq9, reuse: 14 days}, gad7]"
    text = reminding(
        **{
            "to: patient": "to: proxy",
            asked: "who: proxy, questionnaires: [daily_life_proxy]",
            "rule: age >= 18": "rule: age >= 1",
        }
    )
    await enrolled(people, text, who="claire")

    assert [one[:3] for one in await log("proxy")] == [one[:3] for one in PLANNED]
    assert await round_of(moment(1)) == 1
    assert [mail.text.count("http") for mail in mails_to(mailbox, "claire")] == [3]
    await execute("UPDATE patient_link SET rights = $2 WHERE patient = $1", people.lea_patient,
                  sorted(USUAL_RIGHTS - {Right.REMIND}))  # fmt: skip
    await round_of(moment(4))
    assert (await log("proxy"))[1] == ("protocol", 4, "held_back", "no_right")


async def test_who_has_no_account_is_on_the_log_too(db, people, mailbox):
    await execute("UPDATE patient_link SET valid_to = $2 WHERE patient = $1", people.paul_patient, day(-1))
    await enrolled(people)

    assert await log() == PLANNED
    await round_of(moment(1))
    assert (await log())[0] == ("protocol", 1, "held_back", "nobody")


async def test_a_record_that_is_out_of_sight_reminds_nobody(db, people, mailbox):
    await enrolled(people)
    await execute("UPDATE patient SET removed_at = now(), removed_kind = 'mistake' WHERE id = $1", people.paul_patient)

    assert await round_of(moment(2, "18:00")) == 0
    assert {one[2:] for one in (*await log("team"), (await log())[0]) if one[1] <= 2} == {("held_back", "no_right")}


async def test_who_joins_late_is_not_reminded_of_what_is_past(db, people):
    from tests.trials.stories import applied

    await applied(reminding())
    await opened("small", people.lyon)
    await joined(people, "small", on=day(-5))
    await plan_reminders(at=clock.now())

    assert [one[1] for one in await log()] == [2, 17]


async def test_a_text_message_goes_to_whom_no_mail_reaches(db, people, mailbox, twilio):
    paul = people["paul"].account
    key = ring().open(await fetch_value("SELECT data_key FROM account WHERE id = $1", paul), paul)
    phone = key.seal("+33639980001", paul, "account.phone")
    await execute("UPDATE account SET phone = $2, phone_verified_at = now() WHERE id = $1", paul, phone)
    await enrolled(people)
    await round_of(moment(1))
    called = await fetch_value("SELECT provider_id FROM delivery WHERE purpose = 'visit_reminder'")
    await note_report(called, Delivered.BOUNCED, "5.1.1", at=moment(1, "18:10"))
    assert twilio.sent == []

    await round_of(moment(4))
    assert twilio.texts("+33639980001") == [text_message_of()]
    assert [one[2] for one in await log()] == ["sent", "sent", "planned", "planned"]
    assert await fetch_value("SELECT channel FROM reminder WHERE state = 'sent' ORDER BY due_at DESC LIMIT 1") == "sms"


def text_message_of() -> str:
    text = text_of("fr", Content(waiting=True))
    assert len(text) <= 160
    return text


async def test_a_number_that_takes_no_messages_has_failed_and_is_said_to(db, people, mailbox, twilio):
    paul = people["paul"].account
    key = ring().open(await fetch_value("SELECT data_key FROM account WHERE id = $1", paul), paul)
    phone = key.seal("+33639980022", paul, "account.phone")
    await execute("UPDATE account SET phone = $2, phone_verified_at = now() WHERE id = $1", paul, phone)
    await enrolled(people, reminding(**{"by: [mail, sms]": "by: [sms]"}))

    await round_of(moment(1))
    await round_of(moment(4))
    assert (await log())[:2] == [("protocol", 1, "failed", "came_back"), ("protocol", 4, "held_back", "no_address")]


async def test_one_number_that_fails_for_a_moment_keeps_nobody_else_waiting(db, people, mailbox, twilio):
    paul = people["paul"].account
    key = ring().open(await fetch_value("SELECT data_key FROM account WHERE id = $1", paul), paul)
    phone = key.seal("+33639980024", paul, "account.phone")
    await execute("UPDATE account SET phone = $2, phone_verified_at = now() WHERE id = $1", paul, phone)
    await enrolled(people, reminding(**{"by: [mail, sms]": "by: [sms]"}))

    with pytest.raises(ExceptionGroup, match="not sent") as caught:
        await send_all(lambda: moment(2, "09:00"))
    assert len(caught.value.exceptions) == 1
    assert [len(mails_to(mailbox, who)) for who in ("ines", "marc")] == [1, 1]
    assert (await log())[0] == ("protocol", 1, "planned", "")


async def test_a_server_that_is_down_decides_nothing(db, people, mailbox, monkeypatch):
    await enrolled(people)
    running = os.environ["SMTP_URL"]
    monkeypatch.setenv("SMTP_URL", f"smtp://127.0.0.1:{free_port()}")
    settings.cache_clear()
    with pytest.raises(Exception, match="SMTP"):
        await round_of(moment(1))
    assert await log() == PLANNED

    monkeypatch.setenv("SMTP_URL", running)
    settings.cache_clear()
    assert await round_of(moment(1, "18:05")) == 1
    assert len(mails_to(mailbox, "paul")) == 1


async def test_a_day_that_moves_takes_its_reminders_along(db, people):
    enrolment = await enrolled(people)
    await change_enrolment(people["ines"].actor, enrolment, Joining(included_on=day(-3)), "Typed wrong.",
                           at=clock.now())  # fmt: skip
    await plan_reminders(at=clock.now())

    assert [one[:3] for one in await log()] == [
        ("protocol", 1, "planned"),
        ("protocol", 4, "planned"),
        ("expired", 19, "planned"),
    ]
