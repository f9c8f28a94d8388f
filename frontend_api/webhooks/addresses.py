"""Which addresses may be those of receivers: what can be said of an address without asking the network.

Where a name leads is looked at each time when something is sent (frontend_api.outgoing): that can change.
"""

import ipaddress
import socket
from urllib.parse import urlsplit

from django.conf import settings

LOCAL_NAMES = ("localhost", ".localhost", ".local", ".internal", ".lan", ".home.arpa")


def is_whole(url: str) -> bool:
    """Whether it is a full https address without a name and password (http as well where private ones are allowed)."""
    try:
        parts = urlsplit(url)
        has_place = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    allowed = ("https", "http") if settings.OUTGOING_PRIVATE_ADDRESSES else ("https",)
    is_plain = url.isprintable() and " " not in url
    return parts.scheme in allowed and has_place and parts.username is None and is_plain


def is_private(url: str) -> bool:
    """Whether a whole address says by itself that it leads into a private network, where none is allowed."""
    if settings.OUTGOING_PRIVATE_ADDRESSES:
        return False
    host = (urlsplit(url).hostname or "").rstrip(".")
    number = _number(host)
    if number is not None:
        return not number.is_global or number.is_multicast
    return "." not in host or host.endswith(LOCAL_NAMES)


def _number(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        parsed = ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        return getattr(parsed, "ipv4_mapped", None) or parsed
    try:
        # What the system takes for one too: 127.1, 0x7f.1, 2130706433.
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None
