"""One machine: SQLite and database search, unless the environment names other servers."""

import os
from pathlib import Path

from cms.settings.base import *  # noqa: F403
from cms.settings.base import BASE_DIR, PUBLIC_MIDDLEWARE
from cms.settings.databases import database
from cms.settings.mail import mail_server

DEBUG = True
SECRET_KEY = "only-for-one-machine"  # noqa: S105
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT") or BASE_DIR / "var" / "media")
DATABASES = {"default": database(os.environ.get("DATABASE_URL", ""), embedded=BASE_DIR / "var" / "jarchy.sqlite3")}
# Empty: published documents are searched in the database.
ELASTICSEARCH_URL = os.environ.get("ELASTICSEARCH_URL", "")
SEARCH_TIMEOUT_SECONDS = 2
SEARCH_INDEX_PREFIX = os.environ.get("SEARCH_INDEX_PREFIX") or "jarchy"
# gunicorn serves the scripts and styles from where they are installed: nothing has to be collected first.
WHITENOISE_USE_FINDERS = True
if os.environ.get("JARCHY_PROCESS") == "public":
    ROOT_URLCONF = "cms.urls.public"
    MIDDLEWARE = PUBLIC_MIDDLEWARE
DEMO_OFFICE_ALLOWED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # passkeys without TLS, on http://localhost:8000 (browsers take no 127.0.0.1)
OUTGOING_PRIVATE_ADDRESSES = True  # a receiver on the same machine
# `make run` begins one here; whoever starts without it keeps none.
JOURNAL_OF_THE_DESK = BASE_DIR / "var" / "closings.jsonl"
CLOSINGS_JOURNAL = os.environ.get("CLOSINGS_JOURNAL", str(JOURNAL_OF_THE_DESK) if JOURNAL_OF_THE_DESK.exists() else "")
globals().update(mail_server(os.environ.get("EMAIL_URL", "")))
