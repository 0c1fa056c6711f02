"""A model of the text that somebody agrees to before they join a trial: for the sponsor to review. Pure."""

from app.access.consent import TRIAL
from app.consents.library import Shipped
from app.consents.model import Content
from app.trials.format.model import Trial


def model_text(trial: Trial) -> Shipped:
    """The first text of a trial's purpose, in both languages; what the protocol says of itself fills it in."""
    return f"{TRIAL}{trial.key}", 1, {"en": _english(trial), "fr": _french(trial)}


def _questionnaires(trial: Trial) -> int:
    return len({use.key for modules in trial.modules.values() for module in modules for use in module.questionnaires})


def _english(trial: Trial) -> Content:
    file = trial.file
    title = file.title["en"]
    return Content(
        title=f"Taking part in {title}",
        summary="You are asked whether you wish to take part in this study. You may take your time and ask questions.",
        body=(
            f"## What the study is\n{title}. Sponsor: {file.sponsor}. Principal investigator: "
            f"{file.principal_investigator}.\n\n"
            f"## What is asked of you\nVisits ({len(file.visits)} kinds) and questionnaires "
            f"({_questionnaires(trial)} different ones, some filled in by the team). Your team shows you the calendar "
            "before you join.\n\n## Your data\nThey are studied under a code, without your name. "
            "Your team can read your answers."
        ),
        refusing="Your care stays the same, whether you take part, refuse or stop.",
        rights="You may stop at any time, without a reason, on this page or by telling your team.",
        points=("I was informed and could ask questions.", "I agree to take part in the study."),
    )


def _french(trial: Trial) -> Content:
    file = trial.file
    title = file.title["fr"]
    return Content(
        title=f"Participer à l’essai {title}",
        summary="On vous propose de participer à cette étude. Prenez votre temps et posez vos questions.",
        body=(
            f"## L’étude\n{title}. Promoteur\u00a0: {file.sponsor}. Investigateur principal\u00a0: "
            f"{file.principal_investigator}.\n\n"
            f"## Ce qui vous est demandé\nDes visites ({len(file.visits)} types) et des questionnaires "
            f"({_questionnaires(trial)} différents, dont certains remplis par l’équipe). Votre équipe vous montre le "
            "calendrier avant l’inclusion.\n\n## Vos données\nElles sont étudiées sous un code, sans votre nom. "
            "Votre équipe peut lire vos réponses."
        ),
        refusing="Vos soins restent les mêmes, que vous participiez, refusiez ou arrêtiez.",
        rights="Vous pouvez arrêter à tout moment, sans dire pourquoi, sur cette page ou en le disant à votre équipe.",
        points=("J’ai été informé(e) et j’ai pu poser mes questions.", "J’accepte de participer à l’étude."),
    )
