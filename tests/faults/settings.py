"""Settings of the office of the faults: as on a desk, with quick passwords, without mail, with a log of its own."""

from cms.settings.dev import *  # noqa: F403
from cms.settings.dev import BASE_DIR

DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_HOST = ""
CLOSINGS_JOURNAL = ""
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"file": {"class": "logging.FileHandler", "filename": BASE_DIR / "var" / "faults.log", "mode": "w"}},
    "root": {"handlers": ["file"], "level": "INFO"},
}
