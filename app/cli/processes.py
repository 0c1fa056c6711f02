"""`cohorte web`, `cohorte worker`, `cohorte routes`: one process each, settings from the environment."""

import argparse
import asyncio
import signal
import threading
from typing import Any

GRACE_SECONDS = 3.0


def add_commands(commands: Any) -> None:
    web = commands.add_parser("web", help="serve pages (one process; several may share a port)")
    web.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: this machine only)")
    web.set_defaults(run=run_web)
    commands.add_parser("worker", help="run the jobs").set_defaults(run=run_worker)
    commands.add_parser("routes", help="list every address and what it asks for").set_defaults(run=print_routes)


def run_web(arguments: argparse.Namespace) -> int:
    """Serve from this very process: nothing of the server outlives it, and a supervisor sees it die.

    Several such processes listen on one port and the kernel shares the connections out among them.
    """
    import uvloop

    return uvloop.run(_serve(arguments.host))


async def _serve(host: str) -> int:
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels
    from granian.server.embed import Server

    from app.main import create_app
    from app.settings import settings

    server = Server(
        create_app(),
        address=host,
        port=settings().port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        websockets=False,
        backlog=1024,
        log_level=LogLevels.error,
    )
    loop = asyncio.get_running_loop()
    stopped = False

    def stop() -> None:
        nonlocal stopped
        stopped = True
        _end_within(GRACE_SECONDS)
        server.stop()  # type: ignore[no-untyped-call]

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    await server.serve()
    return 0 if stopped else 1


def _end_within(seconds: float) -> None:
    """A request that does not end must not keep the process: it was told to stop."""
    timer = threading.Timer(seconds, signal.raise_signal, [signal.SIGKILL])
    timer.daemon = True
    timer.start()


def run_worker(_arguments: argparse.Namespace) -> None:
    from app import worker

    worker.main()


def print_routes(_arguments: argparse.Namespace) -> None:
    from app.access.guard import requirements
    from app.main import create_app

    for route, required in requirements(create_app(own_pool=False)).items():
        print(f"{route:70} {required}")
