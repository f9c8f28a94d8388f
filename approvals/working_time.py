"""Working hours: the clock that runs while the office is open, and stands still over lunch, nights and days off.

Plain rules on an explicit calendar; nothing here reads a clock or a database.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from zoneinfo import ZoneInfo

import holidays

BISHKEK = ZoneInfo("Asia/Bishkek")
OFFICE_HOURS = ((dt.time(9), dt.time(12, 30)), (dt.time(13, 30), dt.time(18)))
NOTHING = dt.timedelta(0)
# Ten years without a working day: the calendar is wrong, and a search for the next one would never end.
FARTHEST_DAYS = 3660


class NoWorkingDays(ValueError):
    """The calendar has no working day within ten years."""


@cache
def _by_law(year: int) -> holidays.HolidayBase:
    """Days off and working days of Kyrgyzstan in one year, as its laws set them; religious feasts may be estimates."""
    return holidays.country_holidays("KG", years=year)


@dataclass(frozen=True)
class WorkingCalendar:
    """When the office works. moved: days on which the government, or the office, does otherwise than the law says.

    hours: from and to of each stretch of work on a working day, in order, in the time of `zone`.
    """

    moved: Mapping[dt.date, bool] = field(default_factory=dict)
    zone: ZoneInfo = BISHKEK
    hours: tuple[tuple[dt.time, dt.time], ...] = OFFICE_HOURS

    def is_working(self, day: dt.date) -> bool:
        """Whether the office works on the day."""
        return self.moved[day] if day in self.moved else _by_law(day.year).is_working_day(day)

    def day_of(self, moment: dt.datetime) -> dt.date:
        """The day of the moment, in the office's zone. Raises ValueError: the moment has no zone of its own."""
        if moment.tzinfo is None:
            raise ValueError(f"{moment} has no time zone")
        return moment.astimezone(self.zone).date()

    def stretches(self, day: dt.date) -> list[tuple[dt.datetime, dt.datetime]]:
        """From and to of each stretch of work of the day, in order, in UTC; none on a day off."""
        if not self.is_working(day):
            return []
        return [(self._at(day, begins), self._at(day, ends)) for begins, ends in self.hours]

    def _at(self, day: dt.date, time: dt.time) -> dt.datetime:
        return dt.datetime.combine(day, time, tzinfo=self.zone).astimezone(dt.UTC)

    def from_day(self, day: dt.date) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        """The stretches of work of the day and of those after it."""
        for distance in range(FARTHEST_DAYS):
            yield from self.stretches(day + dt.timedelta(days=distance))

    def back_from_day(self, day: dt.date) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        """The stretches of work of the day and of those before it, the latest first."""
        for distance in range(FARTHEST_DAYS):
            yield from reversed(self.stretches(day - dt.timedelta(days=distance)))


def add_working(*, start: dt.datetime, duration: dt.timedelta, calendar: WorkingCalendar) -> dt.datetime:
    """The first moment at which so much working time has passed since `start`, in UTC; `start` itself for none.

    Raises ValueError: the duration is negative; NoWorkingDays.
    """
    rest = _checked(duration)
    day = calendar.day_of(start)
    if rest == NOTHING:
        return start.astimezone(dt.UTC)
    for begins, ends in calendar.from_day(day):
        begins = max(begins, start)
        if ends <= begins:
            continue
        if rest <= ends - begins:
            return (begins + rest).astimezone(dt.UTC)
        rest -= ends - begins
    raise NoWorkingDays(f"no working day within ten years of {day}")


def subtract_working(*, end: dt.datetime, duration: dt.timedelta, calendar: WorkingCalendar) -> dt.datetime:
    """The last moment from which so much working time passes until `end`, in UTC; `end` itself for none.

    Raises ValueError: the duration is negative; NoWorkingDays.
    """
    rest = _checked(duration)
    day = calendar.day_of(end)
    if rest == NOTHING:
        return end.astimezone(dt.UTC)
    for begins, ends in calendar.back_from_day(day):
        ends = min(ends, end)
        if ends <= begins:
            continue
        if rest <= ends - begins:
            return (ends - rest).astimezone(dt.UTC)
        rest -= ends - begins
    raise NoWorkingDays(f"no working day within ten years of {day}")


def working_between(*, start: dt.datetime, end: dt.datetime, calendar: WorkingCalendar) -> dt.timedelta:
    """How much working time lies between two moments; negative when the second comes first."""
    if end < start:
        return -working_between(start=end, end=start, calendar=calendar)
    first, last = calendar.day_of(start), calendar.day_of(end)
    days = (first + dt.timedelta(days=distance) for distance in range((last - first).days + 1))
    parts = ((max(begins, start), min(ends, end)) for day in days for begins, ends in calendar.stretches(day))
    return sum((ends - begins for begins, ends in parts if ends > begins), NOTHING)


def _checked(duration: dt.timedelta) -> dt.timedelta:
    if duration < NOTHING:
        raise ValueError(f"{duration} is negative")
    return duration
