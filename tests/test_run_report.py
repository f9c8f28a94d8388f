"""A run that left something out is refused."""

from collections import Counter

import pytest

from tests.run_report import faults, ran

REPORT = """<?xml version="1.0"?><testsuites><testsuite>
<testcase classname="tests.a" name="test_plain"/>
<testcase classname="tests.a" name="test_race"><properties><property name="needs" value="postgresql"/></properties>
</testcase>
<testcase classname="tests.a" name="test_both"><properties><property name="needs" value="elasticsearch"/>
<property name="needs" value="browser"/></properties></testcase>
<testcase classname="tests.a" name="test_absent"><properties><property name="needs" value="postgresql"/></properties>
<skipped message="no server"/></testcase>
</testsuite></testsuites>"""
NEEDED = ("postgresql", "elasticsearch")
EVERYTHING = Counter({"all": 5, "postgresql": 2, "elasticsearch": 1})


def test_the_report_is_counted_by_need_and_without_what_was_skipped(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text(REPORT)

    counts, skipped = ran(report)

    assert counts == {"all": 3, "postgresql": 1, "elasticsearch": 1, "browser": 1}
    assert skipped == ["tests.a::test_absent"]


@pytest.mark.parametrize(
    ("found", "skipped", "sentences"),
    [
        ({"all": 5, "postgresql": 2, "elasticsearch": 1}, [], []),
        ({"all": 4, "postgresql": 2, "elasticsearch": 1}, [], ["all: 4 tests ran of 5"]),
        (
            {"all": 4, "postgresql": 1, "elasticsearch": 1},
            ["tests.a::test_absent"],
            ["skipped: tests.a::test_absent", "all: 4 tests ran of 5", "postgresql: 1 tests ran of 2"],
        ),
    ],
)
def test_a_run_must_hold_everything_that_is_collected(found, skipped, sentences):
    assert faults(expected=EVERYTHING, found=Counter(found), skipped=skipped, needed=NEEDED) == sentences


def test_a_need_without_a_single_test_is_a_fault():
    sentences = faults(expected=Counter({"all": 1}), found=Counter({"all": 1}), skipped=[], needed=("postgresql",))

    assert sentences == ["there is not one test that needs postgresql"]
