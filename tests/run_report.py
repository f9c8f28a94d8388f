"""Look at the report of a test run and refuse one that left something out.

    python -m tests.run_report var/reports/postgresql.xml --on postgresql

The tests that need PostgreSQL, Elasticsearch or a browser are collected once more and counted: the run must hold as
many of each, and none at all may be skipped.
"""

import argparse
import os
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

import pytest

NEEDED_ON = {
    "sqlite": ("elasticsearch", "browser"),
    "postgresql": ("postgresql", "elasticsearch", "browser"),
}


class _Counting:
    """A plugin that counts what is collected by what it needs."""

    def __init__(self) -> None:
        self.needs: Counter = Counter()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.needs.update(value for item in session.items for name, value in item.user_properties if name == "needs")
        self.needs["all"] = len(session.items)


def collected() -> Counter:
    """How many tests there are to run here: all of them, and by need."""
    counting = _Counting()
    with open(os.devnull, "w") as nowhere:
        shown, sys.stdout = sys.stdout, nowhere
        try:
            pytest.main(["--collect-only", "-qq", "-p", "no:randomly", "-p", "no:cacheprovider"], plugins=[counting])
        finally:
            sys.stdout = shown
    return counting.needs


def ran(report: Path) -> tuple[Counter, list[str]]:
    """How many tests the report holds, counted in the same way, and the names of those that were skipped."""
    counts: Counter = Counter()
    skipped = []
    for case in ElementTree.parse(report).iter("testcase"):
        if case.find("skipped") is not None:
            skipped.append(f"{case.get('classname')}::{case.get('name')}")
            continue
        counts["all"] += 1
        counts.update(p.get("value") for p in case.iter("property") if p.get("name") == "needs")
    return counts, skipped


def faults(*, expected: Counter, found: Counter, skipped: list[str], needed: tuple[str, ...]) -> list[str]:
    """What the run left out, one sentence each; empty: nothing."""
    sentences = [f"skipped: {name}" for name in skipped]
    for need in needed:
        if not expected[need]:
            sentences.append(f"there is not one test that needs {need}")
    for need in ("all", *needed):
        if found[need] < expected[need]:
            sentences.append(f"{need}: {found[need]} tests ran of {expected[need]}")
    return sentences


def main() -> int:
    parser = argparse.ArgumentParser(description="Refuse a test run that left something out.")
    parser.add_argument("report", type=Path)
    parser.add_argument("--on", choices=sorted(NEEDED_ON), required=True)
    options = parser.parse_args()
    if not options.report.is_file():
        print(f"{options.report} is missing: the run did not happen", file=sys.stderr)
        return 1
    needed = NEEDED_ON[options.on]
    expected = collected()
    found, skipped = ran(options.report)
    sentences = faults(expected=expected, found=found, skipped=skipped, needed=needed)
    for sentence in sentences:
        print(f"{options.report}: {sentence}", file=sys.stderr)
    counts = ", ".join(f"{found[need]} {need}" for need in needed)
    print(f"{options.on}: {found['all']} tests ran, of them {counts}; {len(skipped)} skipped")
    return 1 if sentences else 0


if __name__ == "__main__":
    sys.exit(main())
