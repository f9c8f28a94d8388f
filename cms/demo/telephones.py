"""The telephones of the demo office, which are nobody's."""

import time

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt

from cms.sign_in.forms import LAST_COUNTER


def key_of(username: str) -> str:
    """What to type into an app for codes; empty where the password is enough."""
    telephone = _of(username)
    return decrypt(telephone.data["secret"]) if telephone else ""


def _of(username: str) -> Authenticator | None:
    return Authenticator.objects.filter(user__username=username, type=Authenticator.Type.TOTP).first()


def code_of(username: str) -> str | None:
    """A code that signs the person in now, and was not used yet; None without a telephone.

    Waits for the next one when all that count now are used up, as one waits for a telephone.
    """
    while True:
        telephone = _of(username)
        if telephone is None:
            return None
        last = telephone.data.get(LAST_COUNTER, 0)
        unused = [counter for counter in yield_hotp_counters_from_time() if counter > last]
        # The present one first: it stays good for longest on both sides of the half minute.
        now = int(time.time()) // app_settings.TOTP_PERIOD
        if unused:
            return format_hotp_value(hotp_value(decrypt(telephone.data["secret"]), max(now, min(unused))))
        time.sleep(1)
