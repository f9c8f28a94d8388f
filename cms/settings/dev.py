"""The embedded default: SQLite, database search, everything on one machine."""

from cms.settings.base import *  # noqa: F403
from cms.settings.base import BASE_DIR

DEBUG = True
SECRET_KEY = "only-for-one-machine"  # noqa: S105
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": BASE_DIR / "var" / "jarchy.sqlite3",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
}
DEMO_OFFICE_ALLOWED = True
