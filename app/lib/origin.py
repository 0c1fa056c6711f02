"""Where the request at hand comes from, for the trail and for limits: its id, its network, who asks as what."""

from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Origin:
    """`address` limits tries and is never kept; `network` is what of it may be. `agent`: the browser, as it says.

    Empty outside a request.
    """

    request: str = ""
    address: str = ""
    network: str = ""
    agent: str = ""
    role: str = ""
    organisation: UUID | None = None


origin: ContextVar[Origin] = ContextVar("origin", default=Origin())  # noqa: B039 - frozen


def network_of(address: str) -> str:
    """An address cut short, so that it names a neighbourhood and no household.

    >>> network_of("203.0.113.77"), network_of("2001:db8:12:3456::1"), network_of("::ffff:203.0.113.77")
    ('203.0.113.0', '2001:db8:12::', '203.0.113.0')
    """
    found = _address(address)
    if found is None:
        return ""
    length = 24 if isinstance(found, IPv4Address) else 48
    return str(ip_network(f"{found}/{length}", strict=False).network_address)


def limited_as(address: str) -> str:
    """What tries are counted by: one IPv4 address, or the /64 that one IPv6 household has.

    >>> limited_as("203.0.113.77"), limited_as("2001:db8:12:3456:1::1")
    ('203.0.113.77', '2001:db8:12:3456::')
    """
    found = _address(address)
    return str(IPv6Network((found, 64), strict=False).network_address) if isinstance(found, IPv6Address) else address


def client_of(peer: str, forwarded: str, trusted: tuple[str, ...]) -> str:
    """Who really asks: the last address of X-Forwarded-For that is no proxy of ours. Anybody may write earlier ones.

    >>> client_of("10.0.0.2", "6.6.6.6, 203.0.113.7", ("10.0.0.0/8",)), client_of("198.51.100.4", "1.2.3.4", ())
    ('203.0.113.7', '198.51.100.4')
    """
    nets = [ip_network(one) for one in trusted]
    hops = [*(hop.strip() for hop in forwarded.split(",") if hop.strip()), peer]
    for hop in reversed(hops):
        found = _address(hop)
        if found is None or not any(found in net for net in nets if net.version == found.version):
            return hop if found is not None else peer
    return hops[0]


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found
