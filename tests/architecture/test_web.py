"""What the web process serves and to whom, and what its start loads."""

import subprocess
import sys
from pathlib import Path

from app.access.guard import requirements

HERE = Path(__file__).parent
HEAVY = {
    "PIL",
    "aiosmtpd",
    "aiosmtplib",
    "numpy",
    "playwright",
    "procrastinate",
    "psycopg",
    "s3fs",
    "scipy",
    "sklearn",
    "twilio",
    "weasyprint",
}

START = """
import sys
from app.main import create_app
create_app(own_pool=False)
third = {name.split(".")[0] for name in sys.modules} - set(sys.stdlib_module_names) - {"app", "__mp_main__"}
third -= {"starlette"}  # Litestar looks for its exceptions; only the S3 server of tests brings it
print("\\n".join(sorted(name for name in third if not name.startswith("_"))))
"""


def test_every_route_and_what_it_asks_for(application):
    """To change it on purpose: .venv/bin/cohorte routes > tests/architecture/routes.txt, and read the difference."""
    found = "".join(f"{route:70} {asked}\n" for route, asked in requirements(application).items())

    assert found == (HERE / "routes.txt").read_text()


def test_what_web_start_loads():
    """To change it on purpose, write the new list here, and weigh what it costs each process."""
    loaded = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True).stdout

    assert set(loaded.split()) & HEAVY == set()
    assert loaded == (HERE / "web_start.txt").read_text()
