"""Where a worker is killed: before or after a statement of the publishing transaction, or of the delivery after it."""

import os
import re
import signal
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True)
class Point:
    """One point. statement: a pattern of SQL; count: the how-many-th that fits; is_after: once it has been executed."""

    name: str
    statement: str
    is_after: bool = True
    count: int = 1


POINTS = (
    Point("before the gate opens", 'INSERT INTO "site_pages_publicationpermit"', is_after=False),
    Point("the gate is open", 'INSERT INTO "site_pages_publicationpermit"'),
    Point("before the page is live", 'UPDATE "wagtailcore_page" SET "live"', is_after=False),
    Point("the page is live", 'UPDATE "wagtailcore_page" SET "live"'),
    Point("the number is taken", 'UPDATE "frontend_api_publicationcounter"'),
    Point("the publication is logged", 'INSERT INTO "frontend_api_publication"'),
    Point("the document is stored", 'INSERT INTO "frontend_api_publisheddocument"'),
    Point("the delivery is written", 'INSERT INTO "frontend_api_delivery"'),
    Point("the ledger says so", 'INSERT INTO "approvals_ledgerentry"'),
    Point("the gate is closed", 'DELETE FROM "site_pages_publicationpermit"'),
    Point("before the commit", 'DELETE FROM "approvals_duepublication"'),
    Point("after the commit", 'UPDATE "frontend_api_delivery" SET .*"leased_until"', is_after=False),
    Point("the delivery is leased", 'UPDATE "frontend_api_delivery" SET .*"leased_until"'),
    Point("the index has it", 'UPDATE "frontend_api_delivery" SET .*"done_at"', is_after=False),
)
# Where somebody's process is killed while a document is closed.
WITHDRAWAL_POINTS = (
    Point("the withdrawal has its permit", 'INSERT INTO "site_pages_publicationpermit"'),
    Point("the withdrawal is logged", 'INSERT INTO "frontend_api_publication"'),
    Point("the tombstone stands", 'INSERT INTO "frontend_api_tombstone"'),
    Point("the document is gone", 'DELETE FROM "frontend_api_publisheddocument"'),
    Point("the withdrawal is to be delivered", 'INSERT INTO "frontend_api_delivery"'),
    Point("before the withdrawal is whole", 'DELETE FROM "site_pages_publicationpermit"'),
)


def at(point: Point, act: Callable[[], None]) -> None:
    """Act once this process gets to the point, on this thread's connection."""
    pattern, left = re.compile(point.statement), [point.count]

    def watch(execute, sql, params, many, context):
        fits = pattern.search(sql) is not None
        left[0] -= fits
        if fits and left[0] == 0 and not point.is_after:
            act()
        answer = execute(sql, params, many, context)
        if fits and left[0] == 0 and point.is_after:
            act()
        return answer

    connection.execute_wrappers.append(watch)


def die() -> None:
    """End this process as a power cut does."""
    os.kill(os.getpid(), signal.SIGKILL)
