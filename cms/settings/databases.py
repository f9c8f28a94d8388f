"""The database that DATABASE_URL names: postgres://… or sqlite:///…"""

from pathlib import Path

import dj_database_url

SQLITE = "django.db.backends.sqlite3"
# Writers queue up instead of failing halfway: with WAL readers go on, IMMEDIATE takes the write lock at the start.
# Where one row takes the place of another (INSERT OR REPLACE), the triggers that guard removal are asked only if they
# are recursive.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA recursive_triggers=ON;",
}


def database(url: str, *, embedded: Path) -> dict:
    """Django's settings of the database at the URL; the SQLite file `embedded` where the URL is empty.

    Raises ValueError: no URL of a database.
    """
    settings = dict(dj_database_url.parse(url)) if url else {"ENGINE": SQLITE, "NAME": str(embedded)}
    if settings["ENGINE"] == SQLITE:
        Path(settings["NAME"]).parent.mkdir(parents=True, exist_ok=True)
        settings["OPTIONS"] = {**settings.get("OPTIONS", {}), **SQLITE_OPTIONS}
    return settings
