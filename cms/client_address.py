"""Whose request it is: the address that counts when wrong passwords are counted."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address of the client, as the outermost of our own TRUSTED_PROXY_COUNT proxies saw it.

    Every proxy appends (or sets) whom it saw, so what stands further left was written by the client and proves nothing.
    Where the header holds fewer addresses than we have proxies, the connection itself counts.
    """
    connection = request.META.get("REMOTE_ADDR", "")
    proxies = settings.TRUSTED_PROXY_COUNT
    seen = [address.strip() for address in request.headers.get("X-Forwarded-For", "").split(",") if address.strip()]
    return seen[-proxies] if 0 < proxies <= len(seen) else connection
