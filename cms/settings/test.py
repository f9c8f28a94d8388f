"""Settings of the test suite.

DATABASE_URL chooses the database. Elasticsearch is asked only by tests that say so (fixture `elasticsearch_url`): all
others search in the database, whatever the environment names.
"""

import os

from cms.settings.databases import SQLITE
from cms.settings.dev import *  # noqa: F403
from cms.settings.dev import BASE_DIR, DATABASES

DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_AUTOREFRESH = True
ELASTICSEARCH_URL = ""
# Two runs side by side, and the workers of one run, do not share indexes or database files.
SEARCH_INDEX_PREFIX = f"test-{os.getpid()}"
if DATABASES["default"]["ENGINE"] == SQLITE:
    # A file, not memory: threads then have connections and transactions of their own, as in production.
    DATABASES["default"]["TEST"] = {"NAME": BASE_DIR / "var" / f"test-{os.getpid()}.sqlite3"}
# Tests of the journal keep one of their own.
CLOSINGS_JOURNAL = ""
# No test sends a mail but to a receiver of its own.
EMAIL_HOST = ""
# Tests sign in hundreds of times; the lock-out has tests of its own that switch it on.
AXES_ENABLED = False
