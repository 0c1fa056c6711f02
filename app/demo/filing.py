"""Documents of the demonstration: letters of the team, an image, and what a patient added. The files are fictitious."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from app.access.policy import Actor
from app.demo.stories import Story
from app.files.actions import keep_files
from app.files.model import About, Kind, Upload
from app.lib.clock import day_in
from app.lib.i18n import ZONE

FOLDER = Path(__file__).parent / "documents"
LETTER, REPORT, ECG = "letter.pdf", "report.pdf", "ecg.png"

# By the account of the story: who adds (the team, or whoever answers), which file, what it is, how many days ago.
FILED = {
    "paul": (
        ("team", LETTER, Kind.LETTER, "Courrier de consultation au médecin traitant", 41),
        ("team", ECG, Kind.IMAGE, "Électrocardiogramme", 96),
        ("own", REPORT, Kind.REPORT, "Compte rendu du cardiologue", 95),
    ),
    "claire": (("own", REPORT, Kind.REPORT, "Compte rendu du cardiologue", 20),),
    "nadia": (("team", ECG, Kind.IMAGE, "Électrocardiogramme avant lithium", 180),),
}


async def file_documents(story: Story, patient: UUID, team: Actor, own: Actor, stage_at: datetime) -> None:
    """Keep the documents of one story, each on its day."""
    for who, name, kind, title, days_ago in FILED.get(story.account, ()):
        at = stage_at - timedelta(days=days_ago)
        upload = Upload(name, "", (FOLDER / name).read_bytes())
        about = About(kind, title, day_in(ZONE, at))
        await keep_files(team if who == "team" else own, patient, [upload], about, at=at)
