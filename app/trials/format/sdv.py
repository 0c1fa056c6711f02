"""Which values are compared with their source: the plan of `sdv:`. Pure, and the same answer each time."""

import hashlib

from app.trials.format.shapes import Sdv


def is_sampled(sdv: Sdv, visit: str) -> bool:
    """Whether a visit is drawn to be verified in full. `visit`: an id that never changes.

    The draw depends on the seed and the id only: who is enrolled later changes nothing, and a higher percentage
    keeps all that was drawn before.

    >>> drawn = [is_sampled(Sdv(plan="sample", percent=20, seed=7), str(n)) for n in range(1000)]
    >>> sum(drawn)
    194
    """
    if sdv.plan != "sample" or sdv.percent is None:
        return sdv.plan == "all"
    digest = hashlib.sha256(f"{sdv.seed}:{visit}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < sdv.percent * 2**64 // 100


def is_to_verify(sdv: Sdv, visit: str, questionnaire: str, item: str) -> bool:
    """Whether one value of a visit is to be verified: all, the critical ones, or those of a drawn visit too."""
    return is_sampled(sdv, visit) or f"{questionnaire}.{item}" in sdv.critical
