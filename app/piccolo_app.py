"""What Piccolo's command line needs to know: every package's tables, and where the migrations stand."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

PACKAGES = (
    "audit",
    "channels",
    "accounts",
    "training",
    "patients",
    "patients.affiliations",
    "patients.asks",
    "patients.matching",
    "patients.contacts",
    "patients.identity",
    "patients.removing",
    "patients.invitations",
    "files",
    "treatments",
    "biology",
    "consents",
    "assignments",
    "alerts",
    "responses",
    "trials",
    "trials.signing",
    "trials.checks",
    "trials.reminders",
)

APP_CONFIG = AppConfig(
    app_name="app",
    migrations_folder_path=str(Path(__file__).parents[1] / "piccolo_migrations"),
    table_classes=table_finder([f"app.{package}.tables" for package in PACKAGES]),
)
