"""What processes hold in memory, shared pages divided fairly (PSS), and what the web start loads."""

import json
import subprocess
import sys
from pathlib import Path

from bench.house import ROOT

LOADED = """
import json, sys, time
began = time.perf_counter()
from app.main import create_app
create_app(own_pool=False)
took = time.perf_counter() - began
names = [name for name in sys.modules if not name.startswith("_")]
top = {}
for name in names:
    top[name.partition(".")[0]] = top.get(name.partition(".")[0], 0) + 1
others = sorted(((count, name) for name, count in top.items() if name not in sys.stdlib_module_names), reverse=True)
print(json.dumps({"modules": len(names), "seconds": took, "packages": [f"{name} {count}" for count, name in others]}))
"""


def pss(pid: int) -> float:
    """MB of one process and of everything it started."""
    whole = sum(
        int(line.split()[1])
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
        if line.startswith("Pss:")
    )
    return whole / 1024 + sum(pss(child) for child in _children(pid))


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text(encoding="ascii").split()]


def loaded_at_start(environment: dict[str, str]) -> tuple[int, float, list[str]]:
    """(modules, seconds, what they belong to) of a web process until it could listen: the median of three."""
    found = []
    for _ in range(3):
        text = subprocess.run(
            [sys.executable, "-c", LOADED], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
        ).stdout
        found.append(json.loads(text))
    middle = sorted(found, key=lambda one: one["seconds"])[1]
    return middle["modules"], middle["seconds"], middle["packages"]
