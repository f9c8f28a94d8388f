"""How often a test tries what chance decides.

On SQLite, and everywhere in `make thorough`, as often as it takes to be sure; on PostgreSQL, where the same takes twice
as long, some times with every change.
"""

import os

from django.conf import settings

IS_THOROUGH = os.environ.get("JARCHY_THOROUGH") == "1" or "sqlite" in settings.DATABASES["default"]["ENGINE"]


def times(few: int, *, thorough: int) -> int:
    """How often here."""
    return thorough if IS_THOROUGH else few
