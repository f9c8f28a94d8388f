"""What the attacks share: a newsroom, people who sign in, and a picture of everything that must not change."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client
from wagtail.models import Page, PageViewRestriction, Task, TaskState, WorkflowState

from approvals.cleared_texts import Ahead
from approvals.models import (
    DuePublication,
    EarlyAccess,
    EarlyInvitation,
    EarlyOpening,
    EarlyRevocation,
    EmbargoBreach,
    LedgerEntry,
    OutletReadmission,
    Subscriber,
)
from approvals.scheduling import prepare_one, publish_due
from approvals.urgency import CONFIRM_WITHIN
from approvals.withdrawal.overdue import escalate_overdue_closings
from frontend_api.models import Publication, PublishedDocument
from site_pages.models import DocumentPage, PublicationPermit
from tests.newsroom import PASSWORD

EARLY = (EarlyAccess, EarlyOpening, EarlyRevocation, EmbargoBreach, OutletReadmission, EarlyInvitation)
REFUSED = (PermissionDenied, DatabaseError)


def signed_in(user) -> Client:
    """A browser in which the person has signed in."""
    client = Client(raise_request_exception=False)
    assert client.login(username=user.username, password=PASSWORD)
    return client


def everything() -> dict[str, list]:
    """All that an attack could want to change, in a form that can be compared."""
    return {
        "pages": list(Page.objects.order_by("pk").values_list("pk", "live", "live_revision_id", "path", "alias_of_id")),
        "documents": list(DocumentPage.objects.order_by("pk").values_list("pk", flat=True)),
        "workflows": list(WorkflowState.objects.order_by("pk").values_list("pk", "status", "current_task_state_id")),
        "turns": list(TaskState.objects.order_by("pk").values_list("pk", "status")),
        "tasks": list(Task.objects.order_by("pk").values_list("pk", "active")),
        "ledger": list(LedgerEntry.objects.order_by("number").values_list("number", "hash")),
        "public": list(PublishedDocument.objects.order_by("pk").values_list("content_id", "locale", "digest")),
        "log": list(Publication.objects.order_by("number").values_list("number", "digest")),
        "due": list(DuePublication.objects.values_list("page_id", "due_at")),
        "permits": PublicationPermit.objects.count(),
        "hidden": PageViewRestriction.objects.count(),
        "subscribers": list(Subscriber.objects.order_by("pk").values_list("pk", "state")),
        "early": [list(model.objects.order_by("pk").values_list("pk", flat=True)) for model in EARLY],
    }


def refuses(action, *errors) -> None:
    """The action is refused, and nothing has changed."""
    before = everything()
    with pytest.raises(errors or REFUSED), transaction.atomic():
        action()
    assert everything() == before


class Worker:
    """A worker that publishes what is due, makes ready what will be within three hours, and escalates closings.

    What happens between the first two has to count at the moment. As for the third, nobody ever confirms in time.
    """

    def __init__(self):
        self.ahead = Ahead()

    def round(self, *, now: dt.datetime) -> None:
        """What it does once."""
        publish_due(now=now, ahead=self.ahead)
        while prepare_one(now=now + dt.timedelta(hours=3), ahead=self.ahead):
            pass
        escalate_overdue_closings(now=now + CONFIRM_WITHIN)
