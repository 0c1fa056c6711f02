"""Deferring work inside the caller's transaction. Running it is the worker's business.

Procrastinate's connector speaks psycopg and Piccolo speaks asyncpg, so they cannot share a connection. Both can call
the SQL function that procrastinate installs; called on Piccolo's connection, it commits or rolls back with our rows.
"""

import json
from dataclasses import dataclass

from app.lib.db import DB

DEFER = """
SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(
    $1::varchar, $2::varchar, 0, $3::text, NULL, $4::jsonb, NULL
)::procrastinate_job_to_defer_v1])
"""


@dataclass(frozen=True, slots=True)
class Job:
    """The name of some work, `package:verb`. The package's jobs.py says how it is done."""

    name: str
    queue: str


async def defer(job: Job, *, lock: str | None = None, **ids: str | int) -> None:
    """Queue `job` so that it exists if and only if the current transaction commits."""
    tx = DB.current_transaction.get()
    if tx is None:
        raise RuntimeError(f"{job.name} must be deferred inside a transaction")
    await tx.connection.execute(DEFER, job.queue, job.name, lock, json.dumps(ids))
