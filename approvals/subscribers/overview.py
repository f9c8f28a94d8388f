"""The list of subscribers as its screen shows it, in a fixed number of queries."""

from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from approvals.inbox import LANGUAGES
from approvals.models import Notice, NoticeState, Subscriber, SubscriberState
from site_pages.languages import CODES
from site_pages.models import DOCUMENT_TYPES


@dataclass(frozen=True)
class SubscriberRow:
    """One subscriber. wants: in words; empty for everything. last_letter: how the last mail stands; empty for none."""

    subscriber: Subscriber
    wants: str
    last_letter: str

    @property
    def is_asked(self) -> bool:
        """Whether he or she has not answered yet."""
        return self.subscriber.state == SubscriberState.ASKED

    @property
    def is_there(self) -> bool:
        """Whether there is anybody to take off the list."""
        return self.subscriber.state != SubscriberState.ENDED


def found(*, words: str, state: str) -> QuerySet[Subscriber]:
    """The subscribers in this state (empty: all who have not left) of whom every word is in name, outlet or address."""
    rows = Subscriber.objects.filter(state=state) if state else Subscriber.objects.exclude(state=SubscriberState.ENDED)
    for word in words.split():
        rows = rows.filter(Q(name__icontains=word) | Q(outlet__icontains=word) | Q(email__icontains=word))
    last = Notice.objects.filter(subscriber=OuterRef("pk")).order_by("-pk").values("state")[:1]
    return rows.annotate(last_letter=Subquery(last)).order_by("outlet", "name", "pk")


def row_of(subscriber: Subscriber) -> SubscriberRow:
    """One of them for the screen."""
    last = subscriber.last_letter
    return SubscriberRow(
        subscriber=subscriber,
        wants=", ".join(map(str, wishes_of(subscriber))),
        last_letter=str(NoticeState(last).label) if last else "",
    )


def wishes_of(subscriber: Subscriber) -> list:
    """The languages and types that he or she wants, in words; none for all."""
    languages = [LANGUAGES[code] for code in CODES if code in subscriber.locales]
    return languages + [model._meta.verbose_name for kind, model in DOCUMENT_TYPES.items() if kind in subscriber.types]


def counts() -> dict[str, int]:
    """How many there are in each state."""
    return dict(Subscriber.objects.values_list("state").annotate(count=Count("pk")).order_by())
