"""How long the whole public record and the ledger take to be checked, and how much memory: `make bench-record`.

Runs in a PostgreSQL of its own that is thrown away. JARCHY_RECORD_PUBLICATIONS is the number of publications, three
versions of each document. The rows are those of a clearance (submitted, approved twice, cleared, published), written by
the code that writes them in an office, many at once: without screens and search, with the triggers off.

Each check runs in a process of its own, whose peak of memory is read when it ends; at a quarter of the log and at all
of it, so that memory that grows with the log is seen. The baselines, in the same run: a process that asks one question,
and one that reads every version, parses it and hashes it, and nothing else.
"""

import datetime as dt
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote
from uuid import UUID, uuid5

import django
from django.test.runner import DiscoverRunner

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from approvals import ledger, texts_on_record  # noqa: E402
from approvals import triggers as page_triggers  # noqa: E402
from approvals.models import EntryKind  # noqa: E402
from frontend_api import publishing  # noqa: E402
from frontend_api import triggers as public_triggers  # noqa: E402
from frontend_api.models import Publication, PublishedVersion  # noqa: E402
from site_pages.public_form.canonical import PublicForm, digest_of  # noqa: E402
from site_pages.signals import Handed  # noqa: E402
from tests.frontend_api.search.publications import made_up  # noqa: E402

PUBLICATIONS = int(os.environ.get("JARCHY_RECORD_PUBLICATIONS", "20000"))
VERSIONS = 3
TOGETHER = 200
BEGUN_AT = dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)
HOUSE = UUID("6b0c7a52-7d3a-4d1c-9b6e-2f0f5f1f3a10")
# What the three people of a route leave in the ledger: kind, step, number of the person.
ROUTE = (
    (EntryKind.SUBMITTED, None, 1),
    (EntryKind.APPROVED, 1, 2),
    (EntryKind.APPROVED, 2, 3),
    (EntryKind.CLEARED, 2, 3),
)
PARAGRAPH = (
    "Бүгүн Бишкек шаарында Министрлер кабинетинин кезектеги жыйыны өтүп, анда өлкөнүн суу ресурстарын үнөмдүү "
    "пайдалануу жана сугат тармактарын калыбына келтирүү маселелери каралды. "
)


def main() -> None:
    """Fill a log to a quarter and to its end, and check it both times."""
    if len(sys.argv) > 1:
        return CHECKS[sys.argv[1]]()
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        for triggers in (page_triggers, public_triggers):
            triggers.remove(using="default")
        # Neither notices nor words: they are no part of what is checked.
        ledger.appended.receivers = []
        publishing.write_search_texts = lambda documents: 0
        documents = PUBLICATIONS // VERSIONS
        for first, last in ((0, documents // 4), (documents // 4, documents)):
            fill(range(first, last))
            measure()
    finally:
        runner.teardown_databases(databases)


def fill(numbers: range) -> None:
    """Publish each of these documents three times."""
    started = time.monotonic()
    for start in range(numbers.start, numbers.stop, TOGETHER):
        together = range(start, min(start + TOGETHER, numbers.stop))
        for version in range(1, VERSIONS + 1):
            with transaction.atomic():
                publish([form_of(number, version=version) for number in together])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"{connection.vendor}: filled in {time.monotonic() - started:.0f} s", flush=True)


def form_of(number: int, *, version: int) -> PublicForm:
    """One version of one release of some four thousand letters."""
    return made_up(
        content_id=uuid5(HOUSE, str(number)),
        title=f"Өкмөттүн жыйыны өттү: {number}",
        text=f"{number} {version} " + PARAGRAPH * 24,
        note=f"Такталды: {version}." if version > 1 else "",
    )


def publish(forms: list[PublicForm]) -> None:
    """Enter their clearance, make them public, and enter that."""
    for form in forms:
        texts_on_record.keep(form)
    subjects = [
        ledger.Subject(
            content_id=UUID(form.payload["content_id"]),
            locale="ky",
            document_type="release",
            page_id=number,
            revision_id=number,
            digest=form.digest,
        )
        for number, form in enumerate(forms, start=1)
    ]
    drafts = [
        ledger.Draft(
            kind=kind, subject=subject, actor_id=person, actor_name=f"Киши {person}", step=step, steps_total=2,
            details={"steps": [{"order": 1, "key": "head"}, {"order": 2, "key": "leadership"}]},
        )
        for subject in subjects
        for kind, step, person in ROUTE
    ]  # fmt: skip
    cleared = [one.number for one in ledger.append_all(drafts, now=BEGUN_AT) if one.kind == EntryKind.CLEARED]
    handed = [Handed(form=form, entry_number=number) for form, number in zip(forms, cleared, strict=True)]
    versions = publishing.receive(None, handed=handed, published_at=BEGUN_AT)
    ledger.append_all(
        [
            ledger.Draft(
                kind=EntryKind.PUBLISHED,
                subject=subject,
                steps_total=2,
                details={"cleared_by_entry": number, "version": versions[subject.digest]},
            )
            for subject, number in zip(subjects, cleared, strict=True)
        ],
        now=BEGUN_AT,
    )


def measure() -> None:
    """Run each check in a process of its own and print what it took."""
    entries = ledger.LedgerHead.objects.get().number
    print(f"{Publication.objects.count()} publications, {entries} entries of the ledger", flush=True)
    for name in CHECKS:
        environment = {**os.environ, "DATABASE_URL": address(), "ELASTICSEARCH_URL": ""}
        done = subprocess.run(  # noqa: S603 our own command
            [sys.executable, "-m", "benchmarks.record", name],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{name}: {done.stderr or done.stdout}")
        took = json.loads(done.stdout.splitlines()[-1])
        print(f"  {name:<22} {took['seconds']:7.1f} s, at most {took['megabytes']:5.0f} MB", flush=True)


def address() -> str:
    """Of the database that is thrown away."""
    known = connection.settings_dict
    login = f"{quote(known['USER'])}:{quote(known['PASSWORD'] or '')}"
    return f"postgres://{login}@{known['HOST']}:{known['PORT']}/{quote(known['NAME'])}"


def timed(work: Callable[[], object]) -> Callable[[], None]:
    """The work, which says at its end how long it took and the most memory that its process ever had."""

    def run() -> None:
        connection.ensure_connection()
        started = time.monotonic()
        work()
        seconds = time.monotonic() - started
        print(json.dumps({"seconds": seconds, "megabytes": peak_kilobytes() / 1024}))

    return run


def peak_kilobytes() -> int:
    """The most memory that this program ever had. (What `getrusage` says counts the program that started it.)"""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


def read_and_hash() -> None:
    """The least that a check could do: read every version in pieces, parse it, hash it."""
    after = 0
    while rows := list(
        PublishedVersion.objects.filter(pk__gt=after).order_by("pk").values_list("pk", "cleared", "digest")[:TOGETHER]
    ):
        for number, cleared, digest in rows:
            json.loads(cleared)
            if digest_of(cleared.encode()) != digest:
                raise SystemExit(f"{number} is not what it was")
        after = rows[-1][0]


CHECKS = {
    "one question": timed(lambda: Publication.objects.count()),
    "read and hash": timed(read_and_hash),
    "verify_publications": timed(lambda: call_command("verify_publications", verbosity=0)),
    "verify_ledger": timed(lambda: call_command("verify_ledger")),
}

if __name__ == "__main__":
    main()
