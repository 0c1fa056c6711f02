"""`cohorte run`: everything on one machine, under one supervisor. Says what runs; lib keeps it alive."""

import argparse
import fcntl
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from os import environ  # noqa: TID251 - the composition root hands it on to its children
from pathlib import Path
from typing import IO, Any

from app.cli.local import CannotRun, child_environment, free_port, is_given, local_texts, port_fault
from app.lib.postgres import Postgres
from app.lib.postgres_home import CannotStart
from app.lib.supervisor import Program, StepFailed, Supervisor, command, last_lines
from app.settings import BadSettings, Settings

ROOT = Path(__file__).parents[2]
READY_SECONDS = 60.0


def add_commands(commands: Any) -> None:
    run = commands.add_parser("run", help="run everything on this machine")
    run.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: this machine only)")
    run.set_defaults(run=run_everything)


@dataclass(frozen=True, slots=True)
class Plan:
    """Where and with what everything runs."""

    var_dir: Path
    host: str
    port: int
    web_processes: int
    environment: dict[str, str]

    @property
    def address(self) -> str:
        return self.environment["BASE_URL"]

    @property
    def demo(self) -> bool:
        return self.environment["COHORTE_ENV"] == "demo"

    def log(self, name: str) -> Path:
        return self.var_dir / "log" / f"{name}.log"

    def program(self, name: str, *words: str, needs: Callable[[], bool] = lambda: True) -> Program:
        python = [sys.executable, "-m", *words]
        program = command(name, python, environment=self.environment, log=self.log(name), cwd=ROOT)
        program.needs = needs
        return program


def run_everything(arguments: argparse.Namespace) -> int:
    try:
        var_dir = _var_dir(environ)
        with _only_one(var_dir) as lock:
            plan = _plan(environ, var_dir, arguments.host)
            lock.write(f"{os.getpid()} {plan.address}")
            lock.flush()
            return _run(plan)
    except (BadSettings, CannotRun, CannotStart, StepFailed) as reason:
        say(str(reason))
        return 1


def say(line: str) -> None:
    """To the person at the terminal; a closed terminal must not stop the programs."""
    try:
        print(line, flush=True)
    except OSError:
        return


def _var_dir(given: Mapping[str, str]) -> Path:
    var_dir = Path(given.get("VAR_DIR") or ROOT / "var").absolute()
    try:
        # Passage for the account that runs PostgreSQL; nobody lists, and what is private is closed by itself.
        if not var_dir.is_dir():
            var_dir.mkdir(parents=True)
            var_dir.chmod(0o711)
        (var_dir / "log").mkdir(mode=0o700, exist_ok=True)
    except OSError as fault:
        raise CannotRun(f"{var_dir} cannot be used ({fault.strerror}). Choose another: VAR_DIR=… make run") from fault
    return var_dir


def _only_one(var_dir: Path) -> IO[str]:
    try:
        lock = (var_dir / "run.lock").open("a+", encoding="utf-8")
    except OSError as fault:
        raise CannotRun(
            f"{var_dir} belongs to another account ({fault.strerror}). "
            "Start as that account, or choose another folder: VAR_DIR=… make run"
        ) from fault
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        pid, _, address = (lock.read() or "? ?").partition(" ")
        lock.close()
        raise CannotRun(
            f"Cohorte is already running (pid {pid}) at {address}. "
            f"Stop it with Ctrl-C where it runs, or with `kill {pid}`. "
            "To run another beside it: PORT=8001 VAR_DIR=var2 make run"
        ) from None
    lock.truncate(0)
    return lock


def _plan(given: Mapping[str, str], var_dir: Path, host: str) -> Plan:
    numbers = {"PORT": given.get("PORT") or "8000", "WEB_PROCESSES": given.get("WEB_PROCESSES") or "1"}
    for name, text in numbers.items():
        if not text.isdecimal() or not 0 < int(text) < 65536:
            raise CannotRun(f"{name} is {text!r}: write a whole number.")
    port = int(numbers["PORT"])
    environment = child_environment(given, var_dir, port)
    if environment["COHORTE_ENV"] == "production":
        Settings.from_env(environment).refuse_if_unsafe()
    if environment["COHORTE_ENV"] == "demo" and not is_given(environment, "SMTP_URL"):
        environment |= {
            "SMTP_URL": f"smtp://127.0.0.1:{free_port()}",
            "MAILBOX_FOLDER": str(var_dir / "mailbox"),
        }
        if not environment.get("TWILIO_ACCOUNT_SID"):
            environment |= local_texts()
    return Plan(var_dir, host, port, int(numbers["WEB_PROCESSES"]), environment)


def _run(plan: Plan) -> int:
    _wait_for_port(plan.host, plan.port)
    supervisor = Supervisor(say)
    with supervisor.signals():
        try:
            database = _start_database(plan, supervisor)
            needs = database.is_ready if database else lambda: True
            _start_web(plan, supervisor, needs)
            ready = supervisor.wait_until(lambda: _is_ready(plan), READY_SECONDS)
            # Only now: on two cores the first page would wait for their modules too.
            _start_others(plan, supervisor, needs)
            if ready:
                say(_welcome(plan, database))
            elif not supervisor.stopping:
                say(f"{plan.address}/readyz does not answer yet. The web log, {plan.log('web')}, ends with:")
                say(last_lines(plan.log("web"), 20))
            supervisor.watch()
            say("Stopping…")
        finally:
            supervisor.stop()
    return 0


def _wait_for_port(host: str, port: int) -> None:
    # A web process whose supervisor was killed a moment ago may still be on its way out.
    end = time.monotonic() + 1.5
    while (fault := port_fault(host, port)) is not None:
        if time.monotonic() > end:
            raise CannotRun(fault)
        time.sleep(0.05)


def _start_database(plan: Plan, supervisor: Supervisor) -> Postgres | None:
    """The embedded server, unless DATABASE_URL names another."""
    if is_given(plan.environment, "DATABASE_URL"):
        return None
    database = Postgres(plan.var_dir / "postgres", log=plan.log("postgres"))
    database.prepare()
    plan.environment["DATABASE_URL"] = database.app_dsn
    plan.environment["MIGRATION_DATABASE_URL"] = database.owner_dsn
    program = Program("postgres", database.spawn, database.log, signal.SIGINT, grace=10.0, serves_others=True)
    supervisor.add(program)
    if program.process is None:
        raise CannotRun("PostgreSQL did not start.")
    if not supervisor.wait_until(database.is_ready, 30.0) and not supervisor.stopping:
        raise CannotRun(f"PostgreSQL is not ready after 30 s. Its log ends with:\n{last_lines(database.log, 20)}")
    return database


def _start_web(plan: Plan, supervisor: Supervisor, needs: Callable[[], bool]) -> None:
    supervisor.run_once(plan.program("migrate", "app.cli", "migrate"))
    for number in range(plan.web_processes if not supervisor.stopping else 0):
        name = "web" if number == 0 else f"web-{number + 1}"
        supervisor.add(plan.program(name, "app.cli", "web", "--host", plan.host, needs=needs))
    if plan.demo and not supervisor.stopping:  # while the web process loads its modules
        supervisor.run_once(plan.program("demo", "app.cli", "demo", "load"))


def _start_others(plan: Plan, supervisor: Supervisor, needs: Callable[[], bool]) -> None:
    if supervisor.stopping:
        return
    supervisor.add(plan.program("worker", "app.cli", "worker", needs=needs))
    if plan.environment.get("MAILBOX_FOLDER"):
        port = plan.environment["SMTP_URL"].rpartition(":")[2]
        folder = plan.environment["MAILBOX_FOLDER"]
        words = ["--port", port, "--folder", folder]
        if plan.environment.get("SMS_URL"):
            words += ["--sms-port", plan.environment["SMS_URL"].rpartition(":")[2]]
        supervisor.add(plan.program("mailbox", "app.lib.mailbox", *words))


def _is_ready(plan: Plan) -> bool:
    host = "127.0.0.1" if plan.host == "0.0.0.0" else plan.host  # noqa: S104 - asked, not listened on
    link = HTTPConnection(host, plan.port, timeout=2)
    try:
        link.request("GET", "/readyz")
        return link.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        link.close()


def _welcome(plan: Plan, database: Postgres | None) -> str:
    lines = ["", f"Cohorte: {plan.address}", ""]
    if plan.demo:
        from app.demo.accounts import summary

        lines += [summary(plan.var_dir), ""]
    if plan.environment.get("MAILBOX_FOLDER"):
        lines.append(f"Mail sent: {plan.address}/mailbox")
    if database and database.home.root != database.wanted_root.resolve():
        lines.append(f"The database is in {database.home.root}: its account may not enter {plan.var_dir}.")
    lines.append(f"Logs: {plan.log('*').parent}   Stop: Ctrl-C")
    return "\n".join(lines)
