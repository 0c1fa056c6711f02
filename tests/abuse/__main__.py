"""The abuse drill with its full figures: `python -m tests.abuse`. Some minutes; nothing else should run meanwhile."""

import sys
import tempfile
from pathlib import Path

import tests.conftest  # noqa: F401 - the settings of the test house, before anything of the product is imported
from app.lib.postgres import temporary
from app.main import create_app
from tests.abuse import drill
from tests.abuse.target import Sizes, attacked, settle
from tests.live import run, running, speaking_to


def main() -> int:
    sizes = Sizes()
    with (
        temporary() as server,
        tempfile.TemporaryDirectory(prefix="cohorte-abuse-") as name,
        running(server, Path(name)) as live,
        attacked(live) as target,
        speaking_to(live.app_dsn),
    ):
        run(settle(target, sizes))
        return 0 if drill.everything(target, create_app(own_pool=False), sizes) else 1


if __name__ == "__main__":
    sys.exit(main())
