"""Models of the texts that people agree to before they join a trial: for the sponsor to review. Pure."""

from dataclasses import replace

from app.consents.library import Shipped
from app.consents.model import Content, Contents
from app.questionnaires.model import text
from app.trials.format.model import Trial
from app.trials.format.shapes import Amendment, Consent

NO_ONE_YET = "·"
"""Files that ship leave a name to be filled in so, in both languages: such a line is left out of what people read."""


def model_texts(trial: Trial) -> list[Shipped]:
    """The first text of each thing that is agreed to: joining the trial, and each option of it; in both languages."""
    joining = trial.purpose(next(one for one in trial.file.consents if one.needed_for == "enrolment"))
    texts: list[Shipped] = [(joining, 1, {"en": _english(trial), "fr": _french(trial)})]
    for one in trial.file.consents:
        if one.needed_for == "option":
            texts.append((trial.purpose(one), 1, {"en": _option_en(trial, one), "fr": _option_fr(trial, one)}))
    return texts


def renewed(trial: Trial, contents: Contents, amendment: Amendment) -> Contents:
    """The text in use, with what an amendment changes at its end: what was reviewed in it stays."""
    said = {
        "en": f"## What has changed (version {amendment.version})\n{amendment.changes['en']}",
        "fr": f"## Ce qui a changé (version {amendment.version})\n{amendment.changes['fr']}",
    }
    return {name: replace(one, body=f"{one.body.rstrip()}\n\n{said[name]}") for name, one in contents.items()}


def _questionnaires(trial: Trial) -> int:
    return len({use.key for modules in trial.modules.values() for module in modules for use in module.questionnaires})


def _registered(trial: Trial) -> str:
    return ", ".join(trial.file.registrations.values())


def _what(trial: Trial, language: str, words: tuple[str, str, str, str]) -> str:
    """What the protocol says of itself, on a line each; a name that is still to be filled in is left out."""
    file, (stop, sponsor, lead, number) = trial.file, words
    lines = [text(file.description, language) if file.description else f"{text(file.title, language)}{stop}"]
    for said, value in ((sponsor, file.sponsor), (lead, file.principal_investigator), (number, _registered(trial))):
        if value and NO_ONE_YET not in value:
            lines.append(f"{said}{value}.")
    return "\n".join(lines)


def _english(trial: Trial) -> Content:
    kinds, forms = len(trial.file.visits), _questionnaires(trial)
    what = _what(trial, "en", (".", "Sponsor: ", "Principal investigator: ", "Registered as "))
    return Content(
        title=f"Taking part in the study “{trial.file.title['en']}”",
        summary="You are asked whether you wish to take part in this study. Take your time and ask questions.",
        body=(
            f"## What the study is\n{what}\n\n"
            f"## What is asked of you\nVisits ({kinds} kinds) and questionnaires ({forms} different ones, some of them "
            "filled in by the team), not all at each visit. Your team shows you the calendar before you join.\n\n"
            "## What it changes for you\nYour care does not depend on it. Taking part takes time, and some questions "
            "touch on things that are hard to talk about: you may leave out any of them.\n\n"
            "## Your data\nYour name is replaced by a code. Your own teams read your answers; whoever checks the study "
            "may compare them with your record, and keeps them secret. You are told of results that matter for your "
            "health, unless you ask not to be.\n\n"
            "## Who answers for it\n{controller}, on behalf of {centre}."
        ),
        points=(
            "I have read this text, or it was read to me, and I could ask my questions.",
            "I agree to take part in this study.",
            "I have understood that I can stop at any time, without saying why.",
        ),
        refusing=(
            "If you refuse or stop, your care stays the same and nobody holds it against you. Once you stop, nothing "
            "more is asked of you for this study; what you gave until then is kept."
        ),
        rights=(
            "You can ask to see your data and have them corrected, and change your mind at any time, here or by "
            "telling your team. Write to {officer}. You can also complain to the French data protection authority, the "
            "CNIL (cnil.fr)."
        ),
    )


def _french(trial: Trial) -> Content:
    kinds, forms = len(trial.file.visits), _questionnaires(trial)
    words = (".", "Promoteur\u00a0: ", "Investigateur principal\u00a0: ", "Enregistré sous le numéro ")
    what = _what(trial, "fr", words)
    return Content(
        title=f"Participer à l’étude «\u00a0{trial.file.title['fr']}\u00a0»",
        summary="On vous propose de participer à cette étude. Prenez votre temps et posez toutes vos questions.",
        body=(
            f"## L’étude\n{what}\n\n"
            f"## Ce qui vous est demandé\nDes visites ({kinds} types) et des questionnaires ({forms} différents, dont "
            "certains remplis par l’équipe). Pas tous à chaque visite. Votre équipe vous montre le calendrier avant "
            "l’inclusion.\n\n"
            "## Ce que cela change pour vous\nVos soins n’en dépendent pas. Participer prend du temps, et certaines "
            "questions touchent à des sujets difficiles\u00a0: vous pouvez ne pas y répondre.\n\n"
            "## Vos données\nVotre nom est remplacé par un code. Vos équipes lisent vos réponses\u00a0; les personnes "
            "chargées de contrôler l’étude peuvent les comparer à votre dossier, et gardent le secret. On vous informe "
            "des résultats importants pour votre santé, sauf si vous ne le souhaitez pas.\n\n"
            "## Qui en répond\n{controller}, pour {centre}."
        ),
        points=(
            "J’ai lu ou on m’a lu ce texte, et j’ai pu poser mes questions.",
            "J’accepte de participer à cette étude.",
            "J’ai compris que je peux arrêter à tout moment, sans dire pourquoi.",
        ),
        refusing=(
            "Si vous refusez ou si vous arrêtez, vos soins restent les mêmes et personne ne vous le reproche. Après un "
            "arrêt, on ne vous demande plus rien pour cette étude\u00a0; ce que vous avez donné jusque-là est conservé."
        ),
        rights=(
            "Vous pouvez demander à voir vos données et à les faire corriger, et changer d’avis à tout moment, ici ou "
            "en le disant à votre équipe. Écrivez à {officer}. Vous pouvez aussi adresser une réclamation à la "
            "CNIL (cnil.fr)."
        ),
    )


def _option_en(trial: Trial, option: Consent) -> Content:
    named = f"{trial.file.title['en']}: {option.title['en']}"
    return Content(
        title=named,
        summary="This part of the study is asked for on its own. You can take part in the study without it.",
        body=(
            f"## What it is\n{option.title['en']}. Your team explains it to you.\n\n"
            "## Who answers for it\n{controller}, on behalf of {centre}."
        ),
        points=("I have read this text, or it was read to me, and I could ask my questions.", "I agree to this part."),
        refusing="You stay in the study, and your care stays the same.",
        rights="You can change your mind at any time, on this page or by telling your team. Write to {officer}.",
    )


def _option_fr(trial: Trial, option: Consent) -> Content:
    named = f"{trial.file.title['fr']}\u00a0: {option.title['fr']}"
    return Content(
        title=named,
        summary="Cette partie de l’étude vous est proposée à part. Vous pouvez participer à l’étude sans elle.",
        body=(
            f"## De quoi il s’agit\n{option.title['fr']}. Votre équipe vous l’explique.\n\n"
            "## Qui en répond\n{controller}, pour {centre}."
        ),
        points=("J’ai lu ou on m’a lu ce texte, et j’ai pu poser mes questions.", "J’accepte cette partie."),
        refusing="Vous restez dans l’étude, et vos soins restent les mêmes.",
        rights=("Vous pouvez changer d’avis à tout moment, ici ou en le disant à votre équipe. Écrivez à {officer}."),
    )
