"""For `cohorte check-config`: whether documents can be kept where the settings say, and looked at by the scanner."""

import asyncio

from app.settings import Settings


def storage_faults(found: Settings) -> list[str]:
    """Puts an object, reads it, deletes it; what went wrong, with its remedy."""
    from app.lib.storage import StoreFailed, new_name, open_store

    probe, name = b"cohorte check-config", new_name()
    try:
        store = open_store(found.storage)
        store.put(name, probe)
        same = store.get(name) == probe
        store.delete(name)
    except StoreFailed as fault:
        return [f"FILES_URL cannot be used ({fault}): documents could not be kept. See deploy/README.md."]
    return [] if same else ["FILES_URL gives back something else than was put there."]


def scanner_faults(found: Settings) -> list[str]:
    """Whether the scanner answers, where one is set."""
    from app.lib.clamd import ScannerFailed, is_clean

    if not found.clamd_url:
        return []
    try:
        asyncio.run(is_clean(b"cohorte check-config", found.clamd_url))
    except ScannerFailed as fault:
        return [f"CLAMD_URL gives no answer ({fault}): documents would wait for ever to be opened."]
    return []
