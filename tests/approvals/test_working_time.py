"""The office's clock: nights, lunch, weekends, holidays, and days that the government moves."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.working_time import (
    BISHKEK,
    NoWorkingDays,
    WorkingCalendar,
    add_working,
    subtract_working,
    working_between,
)

BY_LAW = WorkingCalendar()


def at(text: str) -> dt.datetime:
    """A moment in Bishkek: “2026-07-17 09:00”."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=BISHKEK)


def hours(number: float) -> dt.timedelta:
    return dt.timedelta(hours=number)


CASES = [
    pytest.param("2026-07-15 09:00", 1, "2026-07-15 10:00", id="within a morning"),
    pytest.param("2026-07-15 12:00", 1, "2026-07-15 14:00", id="over lunch"),
    pytest.param("2026-07-15 12:00", 0.5, "2026-07-15 12:30", id="until lunch"),
    pytest.param("2026-07-15 13:00", 1, "2026-07-15 14:30", id="begun at lunch"),
    pytest.param("2026-07-15 09:00", 8, "2026-07-15 18:00", id="a whole day"),
    pytest.param("2026-07-15 09:00", 8.5, "2026-07-16 09:30", id="a day and a little"),
    pytest.param("2026-07-15 06:15", 1, "2026-07-15 10:00", id="begun before hours"),
    pytest.param("2026-07-15 22:40", 1, "2026-07-16 10:00", id="begun after hours"),
    pytest.param("2026-07-15 00:00", 1, "2026-07-15 10:00", id="begun at midnight"),
    pytest.param("2026-07-17 17:00", 2, "2026-07-20 10:00", id="over a weekend"),
    pytest.param("2026-07-18 11:00", 1, "2026-07-20 10:00", id="begun on a Saturday"),
    pytest.param("2025-03-20 15:00", 8, "2025-03-24 15:00", id="over Nooruz on a Friday and a weekend"),
    pytest.param("2028-03-20 17:00", 2, "2028-03-22 10:00", id="over Nooruz on a Tuesday"),
    pytest.param("2026-08-28 17:00", 2, "2026-09-01 10:00", id="over a weekend and Independence Day"),
    pytest.param("2024-12-31 17:00", 2, "2025-01-08 10:00", id="over a year's border, with days that the law moved"),
    pytest.param("2025-01-10 17:00", 2, "2025-01-11 10:00", id="into a Saturday that the law made a working day"),
    pytest.param("2026-12-31 17:00", 10, "2027-01-11 10:00", id="over a year's border and ten hours on"),
]


@pytest.mark.parametrize(("start", "duration", "end"), CASES)
def test_working_time_passes_only_while_the_office_works(start, duration, end):
    assert add_working(start=at(start), duration=hours(duration), calendar=BY_LAW) == at(end)
    assert working_between(start=at(start), end=at(end), calendar=BY_LAW) == hours(duration)


@pytest.mark.parametrize(
    ("end", "duration", "start"),
    [
        ("2026-07-15 18:00", 2, "2026-07-15 16:00"),
        ("2026-07-15 14:00", 1, "2026-07-15 12:00"),
        ("2026-07-15 13:10", 1, "2026-07-15 11:30"),
        ("2026-07-20 10:00", 2, "2026-07-17 17:00"),
        ("2026-07-19 10:00", 2, "2026-07-17 16:00"),
        ("2025-03-24 10:00", 2, "2025-03-20 17:00"),
        ("2025-01-08 10:00", 2, "2024-12-31 17:00"),
    ],
)
def test_the_moment_so_much_working_time_before_another(end, duration, start):
    assert subtract_working(end=at(end), duration=hours(duration), calendar=BY_LAW) == at(start)


def test_a_holiday_that_the_government_moved_is_worked_and_its_new_day_is_free():
    moved = WorkingCalendar(moved={dt.date(2025, 3, 21): True, dt.date(2025, 3, 24): False})

    assert add_working(start=at("2025-03-20 17:00"), duration=hours(2), calendar=BY_LAW) == at("2025-03-24 10:00")
    assert add_working(start=at("2025-03-20 17:00"), duration=hours(2), calendar=moved) == at("2025-03-21 10:00")
    assert add_working(start=at("2025-03-21 17:00"), duration=hours(2), calendar=moved) == at("2025-03-25 10:00")


def test_a_saturday_may_be_made_a_working_day():
    moved = WorkingCalendar(moved={dt.date(2026, 7, 18): True})

    assert add_working(start=at("2026-07-17 17:00"), duration=hours(2), calendar=moved) == at("2026-07-18 10:00")


def test_the_day_is_that_of_bishkek_and_not_of_greenwich():
    sunday_in_greenwich = dt.datetime(2026, 7, 19, 20, 0, tzinfo=dt.UTC)

    due_at = add_working(start=sunday_in_greenwich, duration=hours(1), calendar=BY_LAW)

    assert (due_at, due_at.tzinfo) == (at("2026-07-20 10:00"), dt.UTC)


def test_nothing_takes_no_time_even_at_night():
    night = at("2026-07-18 23:00")

    assert add_working(start=night, duration=hours(0), calendar=BY_LAW) == night
    assert subtract_working(end=night, duration=hours(0), calendar=BY_LAW) == night


def test_between_a_later_and_an_earlier_moment_the_time_is_negative():
    assert working_between(start=at("2026-07-20 10:00"), end=at("2026-07-17 17:00"), calendar=BY_LAW) == hours(-2)


@pytest.mark.parametrize(
    "count", [lambda **v: add_working(start=v.pop("at"), **v), lambda **v: subtract_working(end=v.pop("at"), **v)]
)
def test_what_makes_no_sense_is_an_error(count):
    nobody_works = WorkingCalendar(hours=())

    with pytest.raises(ValueError, match="negative"):
        count(at=at("2026-07-15 09:00"), duration=hours(-1), calendar=BY_LAW)
    with pytest.raises(ValueError, match="time zone"):
        count(at=dt.datetime(2026, 7, 15, 9), duration=hours(1), calendar=BY_LAW)
    with pytest.raises(NoWorkingDays):
        count(at=at("2026-07-15 09:00"), duration=hours(1), calendar=nobody_works)


moments = st.datetimes(dt.datetime(2023, 1, 1), dt.datetime(2030, 12, 31), timezones=st.just(BISHKEK))
durations = st.timedeltas(dt.timedelta(0), dt.timedelta(days=10))
calendars = st.dictionaries(st.dates(dt.date(2023, 1, 1), dt.date(2031, 12, 31)), st.booleans(), max_size=40).map(
    lambda moved: WorkingCalendar(moved=moved)
)


@given(start=moments, duration=durations, calendar=calendars)
def test_adding_working_time_and_measuring_it_gives_the_duration_back(start, duration, calendar):
    end = add_working(start=start, duration=duration, calendar=calendar)

    assert end >= start
    assert working_between(start=start, end=end, calendar=calendar) == duration


@given(end=moments, duration=durations, calendar=calendars)
def test_taking_working_time_off_and_measuring_it_gives_the_duration_back(end, duration, calendar):
    start = subtract_working(end=end, duration=duration, calendar=calendar)

    assert start <= end
    assert working_between(start=start, end=end, calendar=calendar) == duration


@given(start=moments, first=durations, second=durations, calendar=calendars)
def test_two_durations_one_after_the_other_are_their_sum(start, first, second, calendar):
    half_way = add_working(start=start, duration=first, calendar=calendar)

    end = add_working(start=half_way, duration=second, calendar=calendar)

    assert end == add_working(start=start, duration=first + second, calendar=calendar)
