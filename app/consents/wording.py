"""Consents in words: purposes, states, who signed, what happens after a no. Pure."""

from app.access.consent import TRIAL, Purpose
from app.consents.forms import Fault
from app.consents.model import Answer, Line, Method, Signer, Standing, State, Text
from app.consents.titles import title_of
from app.lib import i18n
from app.lib.i18n import day_words
from app.lib.i18n import gettext as _

Look = tuple[str, str, str]
"""Words, icon and tone of a state."""


def purpose_words(purpose: str) -> str:
    """What is asked, in two or three words."""
    if purpose.startswith(TRIAL):
        return title_of(purpose) or _("Trial %(key)s") % {"key": purpose.removeprefix(TRIAL)}
    return {
        Purpose.CARE: _("Keeping and reading the record"),
        Purpose.CONTACT: _("Reminders and letters"),
        Purpose.SHARING: _("Sharing between centres"),
        Purpose.RESEARCH: _("Research with coded data"),
        Purpose.GENETICS: _("Genetic results"),
    }[Purpose(purpose)]


def own_words(purpose: str) -> str:
    """The same, said to the person."""
    if purpose.startswith(TRIAL):
        return title_of(purpose) or _("Taking part in the trial %(key)s") % {"key": purpose.removeprefix(TRIAL)}
    return {
        Purpose.CARE: _("Your teams keep and read your record"),
        Purpose.CONTACT: _("We send you reminders and letters"),
        Purpose.SHARING: _("Your centres see what the others noted"),
        Purpose.RESEARCH: _("Your coded data serve research"),
        Purpose.GENETICS: _("Your genetic results are read and kept"),
    }[Purpose(purpose)]


def standing_look(line: Line) -> Look:
    """Where a purpose stands; the words say first whether it is allowed."""
    return {
        Standing.UNASKED_ALLOWED: (_("Allowed, no objection"), "check", ""),
        Standing.UNASKED: (_("Not given yet"), "circle", ""),
        Standing.GIVEN: (_("Yes, given"), "check", "success"),
        Standing.RENEW: (_("To be given again"), "clock", "attention"),
        Standing.LAPSED: (_("No longer valid"), "alert", "attention"),
        Standing.REFUSED: (_("No, refused"), "x", "attention"),
        Standing.WITHDRAWN: (_("No, withdrawn"), "x", "attention"),
    }[line.standing]


def why_words(line: Line) -> str:
    """What a reader needs besides the state, or nothing."""
    if line.standing is Standing.UNASKED_ALLOWED:
        return _("The question was not asked yet. It is allowed as long as nobody objects.")
    if line.standing is Standing.UNASKED:
        return _("The question was not asked yet. Without a yes it is not allowed.")
    if line.standing is Standing.RENEW and line.until is not None:
        return _("The text has changed. The former yes holds until %(day)s.") % {"day": day_words(line.until)}
    if line.standing is Standing.RENEW and line.purpose.startswith(TRIAL):
        return _("The trial has changed. Until they say yes to the new text, they take part as before.")
    if line.standing is Standing.RENEW:
        return _("The text has changed. It stays allowed as long as nobody objects.")
    if line.standing is Standing.LAPSED:
        if line.grown:
            return _("It was given for a child who is of age now: it is theirs to give.")
        return _("The text has changed, and nobody said yes again in time.")
    return ""


def own_why_words(line: Line) -> str:
    """The same, said to the person."""
    if line.standing is Standing.UNASKED_ALLOWED:
        return _("You were not asked yet. It is allowed as long as you do not object.")
    if line.standing is Standing.UNASKED:
        return _("You were not asked yet. Without your yes it is not allowed.")
    if line.standing is Standing.RENEW and line.until is None and line.purpose.startswith(TRIAL):
        return _("The trial has changed. Until you say yes to the new text, you take part as before.")
    if line.standing is Standing.RENEW and line.until is None:
        return _("The text has changed. It stays allowed as long as you do not object.")
    if line.standing is Standing.LAPSED and line.grown:
        return _("It was given for you when you were a child. You are of age: it is yours to decide.")
    return why_words(line)


def answer_words(answer: Answer) -> str:
    return {Answer.GIVEN: _("Yes, given"), Answer.REFUSED: _("No, refused"), Answer.WITHDRAWN: _("No, withdrawn")}[
        answer
    ]


def answer_look(answer: Answer) -> Look:
    icon, tone = ("check", "success") if answer is Answer.GIVEN else ("x", "attention")
    return answer_words(answer), icon, tone


def news_words(answer: Answer, purpose: str) -> str:
    """For the day of a team: what somebody decided."""
    said = {Answer.WITHDRAWN: _("Consent withdrawn: %(what)s"), Answer.REFUSED: _("Consent refused: %(what)s")}
    return said[answer] % {"what": purpose_words(purpose)}


def method_words(method: Method) -> str:
    return {
        Method.PORTAL: _("On their own page"),
        Method.SCREEN: _("On screen, at the centre"),
        Method.PAPER: _("On paper"),
        Method.SPOKEN: _("Said to the team"),
    }[method]


def collecting_words(method: Method) -> str:
    """How a team may collect an answer, with what it means."""
    return {
        Method.SCREEN: _("On this screen: the person reads and signs here"),
        Method.PAPER: _("On paper: I add the signed paper"),
        Method.SPOKEN: _("Said to me: only to refuse or withdraw, it counts at once"),
    }[method]


def done_words(done: str) -> str:
    """What has just happened, for the page that follows; nothing for anything else."""
    return {
        "certified": _("The consent is certified. Its copy is being made, and will stand below."),
        "discarded": _("The form was given up. What it refuses stays refused."),
        "spoken": _("The refusal is noted and holds from now on."),
    }.get(done, "")


def own_done_words(done: str) -> str:
    """The same, said to the person."""
    return {
        "yes": _("Your yes is noted and holds from now on. You can take it back at any time."),
        "no": _("Your no is noted and holds from now on. Your team is told that you decided."),
    }.get(done, "")


def signer_words(signer: Signer) -> str:
    return {
        Signer.PATIENT: _("The patient"),
        Signer.PROXY: _("A relative who may sign"),
        Signer.ONE_PARENT: _("One holder of parental authority"),
        Signer.BOTH_PARENTS: _("Both holders of parental authority"),
        Signer.GUARDIAN: _("The legal guardian"),
    }[signer]


def state_look(state: State) -> Look:
    return {
        State.OPEN: (_("To be signed"), "clock", "attention"),
        State.SIGNED: (_("To be certified"), "clock", "attention"),
        State.IN_FORCE: (_("In force"), "check", "success"),
        State.DISCARDED: (_("Given up"), "x", ""),
    }[state]


def language_words(language: str) -> str:
    return {"fr": _("French"), "en": _("English")}[language]


def after_no_words(purpose: str) -> list[str]:
    """What happens at once when somebody says no, said to the person."""
    if purpose.count(":") > 1:
        return [_("You stay in the trial without this part of it."), _("What you gave so far is kept.")]
    if purpose.startswith(TRIAL):
        return [
            _("At once, nothing more is asked of you for this trial. Your team takes you out of it."),
            _("Your care goes on as before."),
            _("What you gave so far is kept."),
        ]
    return {
        Purpose.CARE: [
            _("At once, your teams can no longer open your record, nor find it in a search."),
            _("Nothing is erased. You keep access to your pages."),
            _("If an answer shows that you are in danger, a team is still told, to help you."),
            _("You can open your record again at any time, on this page or at your centre."),
        ],
        Purpose.CONTACT: [
            _("At once, we stop sending you reminders and letters."),
            _("Codes to sign in and notices about security are still sent."),
            _("Your questionnaires stay on your home page."),
        ],
        Purpose.SHARING: [
            _("At once, each centre sees only what it asked for or noted itself."),
            _("If an answer shows that you are in danger, all your teams are still told."),
            _("A centre may not know of a treatment given elsewhere: tell it yourself."),
        ],
        Purpose.RESEARCH: [
            _("From now on your data go into no study."),
            _("What was already studied under a code cannot always be found again."),
            _("Your care stays the same."),
        ],
        Purpose.GENETICS: [
            _("At once, nobody reads your genetic results here any more."),
            _("The rest of your record does not change."),
        ],
    }[Purpose(purpose)]


def refusals() -> dict[str, tuple[str, str, tuple[str, ...]]]:
    """Why something is not done, by its code: title, what happened, what to do."""
    return {
        "consent.text_replaced": (
            _("The text was replaced"),
            _("A newer version was published while you read. Nothing of what you sent was kept."),
            (_("Go back, read the new text, then decide."),),
        ),
        "consent.minor": (
            _("Somebody else says this yes"),
            _("For a child, a holder of parental authority gives this consent. A child may always say no."),
            (_("Talk about it with a parent, or with your team."),),
        ),
        "consent.signer": (
            _("This person may not sign here"),
            _("A child’s yes is given by a holder of parental authority or a guardian, an adult’s by themselves."),
            (_("Go back and choose who signs."),),
        ),
        "consent.discarded": (
            _("This form was given up"),
            _("Somebody ended it meanwhile. Nothing was changed."),
            (_("Begin anew."),),
        ),
        "consent.not_signed": (
            _("This form is not signed yet"),
            _("It is certified once it is signed. Nothing was changed."),
            (),
        ),
        "consent.in_force": (
            _("This consent is in force"),
            _("It cannot be given up any more; it can be withdrawn. Nothing was changed."),
            (),
        ),
        "consent_text.no_draft": (
            _("There is no draft of this text"),
            _("It was published or given up meanwhile. Nothing was changed."),
            (_("Go back to the texts to see where it stands."),),
        ),
        "consent_text.in_draft": (
            _("Somebody is writing this text"),
            _("A next version was begun and is not published yet. Nothing was changed."),
            (_("Publish it or give it up first."),),
        ),
        "consent_text.changed": (
            _("Somebody else wrote at this text"),
            _("It was changed or published meanwhile. Nothing of what you sent was kept."),
            (_("Open it again to see both."),),
        ),
    }


def named(field: str, said: str) -> str:
    """What is wrong with one of several alike fields, with the purpose that it is about."""
    about, _dash, purpose = field.partition("-")
    if about not in {"answer", "point"}:
        return said
    return _("%(what)s: %(fault)s") % {"what": purpose_words(purpose), "fault": said[:1].lower() + said[1:]}


def version_words(text: Text) -> str:
    """One version, for a choice."""
    if text.published_at is None:
        return str(text.version)
    day = day_words(i18n.local(text.published_at).date())
    return _("Version %(version)s, published on %(day)s") % {"version": text.version, "day": day}


def part_words(part: str) -> tuple[str, str]:
    """A part of a text: what it is called, and a hint."""
    return {
        "title": (_("Title"), _("A few words, said to the person")),
        "summary": (_("In short"), _("One or two sentences in plain words")),
        "body": (
            _("Text"),
            _(
                "An empty line begins a paragraph; a line that begins with ## is a heading. {controller}, {officer} "
                "and {centre} are filled with what the centre says of itself."
            ),
        ),
        "points": (_("Statements to tick for a yes"), _("One a line, as many in each language")),
        "refusing": (_("If you refuse"), _("What a no changes, and what it does not")),
        "rights": (_("Your rights"), _("What the person may ask for, and whom")),
    }[part]


def in_language(language: str, part: str) -> str:
    """What a part is called, in the language of the text."""
    token = i18n.locale.set(language)
    try:
        return part_words(part)[0]
    finally:
        i18n.locale.reset(token)


def fault_words(fault: Fault) -> str:
    """What is wrong with a field, and what to do."""
    return (_faults_of_forms() | _faults_of_texts())[fault]


def _faults_of_forms() -> dict[Fault, str]:
    return {
        Fault.PURPOSES_MISSING: _("Choose at least one thing to ask"),
        Fault.METHOD_MISSING: _("Choose how the answer is given"),
        Fault.SIGNER_MISSING: _("Choose who answers"),
        Fault.SIGNER_CHILD: _("The patient is a child: choose a holder of parental authority or the legal guardian"),
        Fault.SIGNER_ADULT: _("The patient is of age: choose the patient, or their legal guardian"),
        Fault.LANGUAGE_MISSING: _("Choose a language"),
        Fault.ANSWER_MISSING: _("Choose yes or no"),
        Fault.POINTS_MISSING: _("For a yes, tick each statement; otherwise choose no"),
        Fault.POINTS_OWN: _("To say yes, tick each statement"),
        Fault.NAME_MISSING: _("Write the given name and the family name of whoever signs"),
        Fault.NAME_LONG: _("This name is too long: 160 characters at most"),
        Fault.SECOND_MISSING: _("Write the name of the second holder of parental authority"),
        Fault.DAY_MISSING: _("Write the date"),
        Fault.DAY_WRONG: _("Check the date: day, month and year in four digits"),
        Fault.DAY_FUTURE: _("This day is yet to come: write the day on which it was signed"),
        Fault.PAPER_MISSING: _("Choose the file with the signed paper"),
        Fault.PAPER_KIND: _("Choose a PDF, or a photo as JPEG or PNG"),
        Fault.TICKS_MISSING: _("Tick all three to certify; if one is not true, do it first"),
        Fault.REASON_LONG: _("This is too long: 1,000 characters at most"),
    }


def _faults_of_texts() -> dict[Fault, str]:
    return {
        Fault.PART_MISSING: _("Write this part, in both languages"),
        Fault.PART_LONG: _("This part is too long: 20,000 characters at most"),
        Fault.POINTS_DIFFER: _("Write as many statements as in the other language"),
        Fault.MATERIAL_MISSING: _("Say whether people are asked again"),
        Fault.DAY_PAST: _("Choose a day to come, so that people have time to decide"),
    }
