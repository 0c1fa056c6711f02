"""Which way of making codes this installation has chosen. A new way is a module with `make`, and a line here. Pure."""

from collections.abc import Callable

from app.patients.coding import opaque, weighted
from app.settings import PatientCodes

Make = Callable[[Callable[[int], int]], str]
GENERATORS: dict[PatientCodes, Make] = {
    PatientCodes.OPAQUE: opaque.make,
    PatientCodes.WEIGHTED: weighted.make,
}
"""Every way makes eight signs that say nothing of the person, the centre or the disease; codes.py reads them all."""


def new_code(chosen: PatientCodes, draw: Callable[[int], int]) -> str:
    """A code as it is shown: four signs, a dash, four signs. `draw(n)`: a number below n, at random.

    >>> new_code(PatientCodes.OPAQUE, lambda n: 0)
    '2222-2216'
    """
    signs = GENERATORS[chosen](draw)
    return f"{signs[:4]}-{signs[4:]}"
