"""Requests to others' servers: a time limit, no redirects, no private addresses unless the operator allows them."""

import requests
from django.conf import settings
from requests_hardened import Config, HTTPSession

from frontend_api.deadlines import POOLS, whole_request_within

AGENT = "Jarchy"


class Unreachable(Exception):
    """No proper answer within OUTGOING_TIMEOUT_SECONDS; try again later. Says what came, never where it was sought."""


class Gone(Unreachable):
    """The other side says that it wants nothing more (410)."""


class _Straight(HTTPSession):
    """Never looks where an answer points: even to look would read its body."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


def session(*, allow_private: bool = False) -> HTTPSession:
    """A session for a few requests; use as a context manager. allow_private: for servers of the operator's own."""
    made = _Straight(
        Config(
            ip_filter_enable=not (allow_private or settings.OUTGOING_PRIVATE_ADDRESSES),
            ip_filter_allow_loopback_ips=False,
            never_redirect=True,
            default_timeout=(settings.OUTGOING_TIMEOUT_SECONDS, settings.OUTGOING_TIMEOUT_SECONDS),
            user_agent_override=AGENT,
        )
    )
    made.trust_env = False
    for adapter in made.adapters.values():
        adapter.poolmanager.pool_classes_by_scheme = POOLS
    return made


def send(opened: HTTPSession, method: str, url: str, *, headers: dict[str, str], body: str = "") -> None:
    """Send one request; any 2xx is a yes, and its body is not read. Raises Unreachable, Gone.

    Over within OUTGOING_TIMEOUT_SECONDS and the time that a name takes to be found, whatever the other side does.
    """
    headers = {**headers, "Connection": "close"}
    try:
        with (
            whole_request_within(settings.OUTGOING_TIMEOUT_SECONDS),
            opened.request(method, url, data=body.encode(), headers=headers, stream=True) as answer,
        ):
            status = answer.status_code
    except (requests.Timeout, TimeoutError) as failure:
        raise Unreachable("Timeout") from failure
    except (requests.RequestException, OSError, ValueError) as failure:
        raise Unreachable(type(failure).__name__) from failure
    if status == requests.codes.gone:
        raise Gone(f"HTTP {status}")
    if not 200 <= status < 300:
        raise Unreachable(f"HTTP {status}")
