"""The only place that invents an identifier."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A UUID of version 7: ordered by time, so that indexes grow at one end."""
    return UUID(bytes=uuid7().bytes)
