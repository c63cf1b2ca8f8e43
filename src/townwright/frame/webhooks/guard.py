"""Where a message may go: not to this machine, nor into the network that it stands in."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_noop as _

from townwright.frame.text import both

_PORTS = {"https": 443, "http": 80}
# Addresses that carry an IPv4 address inside, which a gateway may unwrap: NAT64 and 6to4.
_CARRIERS = ((ipaddress.ip_network("64:ff9b::/96"), 0), (ipaddress.ip_network("2002::/16"), 80))


class UnableToReach(ValueError):
    """An address is not one that messages may go to: says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart, and the one IP address that the connection is made to."""

    secure: bool
    host: str
    port: int
    path: str
    address: str = ""


def parse(url: str) -> Target:
    """Take an address apart.

    Raises:
        UnableToReach: it is not https (or, where the installation allows private addresses, http), names a user, or has no host.
    """
    try:
        told = urlsplit(url.strip())
        port = told.port
        host = (told.hostname or "").encode("idna").decode()
    except (ValueError, UnicodeError) as fault:
        raise UnableToReach(both(_("“%(url)s” is no address: write https://host/path."), url=url[:200])) from fault
    if told.scheme not in _PORTS or not host or any(ord(letter) <= ord(" ") for letter in url.strip()):
        raise UnableToReach(both(_("“%(url)s” is no address: write https://host/path."), url=url[:200]))
    if told.scheme == "http" and not settings.WEBHOOKS_PRIVATE:
        raise UnableToReach(both(_("Messages leave encrypted only: write https:// instead of http://.")))
    if told.username or told.password:
        raise UnableToReach(both(_("Leave user and password out of the address: the signature says who sends.")))
    path = (told.path or "/") + (f"?{told.query}" if told.query else "")
    return Target(told.scheme == "https", host, port or _PORTS[told.scheme], path)


def resolve(target: Target) -> Target:
    """Find the address of the host and pin it: the connection goes there, whatever a second look-up would say.

    Raises:
        UnableToReach: the name is not known, or one of its addresses is private and the installation does not allow that.
    """
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as fault:
        raise UnableToReach(both(_("The host %(host)s is not known."), host=target.host)) from fault
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    if not settings.WEBHOOKS_PRIVATE:
        for address in addresses:
            if not is_public(address):
                raise UnableToReach(
                    both(
                        _("%(host)s leads to %(address)s, an address of this machine or its own network. Messages go outside only; whoever runs the installation can allow it (TOWNWRIGHT_WEBHOOKS_PRIVATE=1)."),
                        host=target.host, address=address,
                    )
                )  # fmt: skip
    return Target(target.secure, target.host, target.port, target.path, addresses[0])


def is_public(text: str) -> bool:
    """Say whether an IP address is one of the open internet, unwrapping IPv4 addresses that an IPv6 one carries."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(str(address.ipv4_mapped))
        for network, shift in _CARRIERS:
            if address in network:
                return is_public(str(ipaddress.IPv4Address(int(address) >> shift & 0xFFFFFFFF)))
    return address.is_global and not address.is_multicast
