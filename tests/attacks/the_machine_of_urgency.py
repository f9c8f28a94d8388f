"""The rules of the state machine about the urgent lane; the machine itself is in test_state_machine."""

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from approvals import urgency
from approvals.models import LedgerEntry, UrgentPublication
from site_pages.public_form.builders import FormIncomplete, build
from tests.attacks.the_book import Signature, people, pick, taken


class UrgentLane:
    """Leaders publish urgently, and others answer for it; the machine below gives pages, people and the book."""

    urgent: dict[int, Signature]
    debts: dict[int, str]

    @precondition(lambda self: self.pages)
    @rule(
        number=pick,
        who=st.sampled_from(("leader", "second_leader", "head", "author")),
        reason=st.sampled_from(("Шашылыш", "")),
    )
    def publish_urgently(self, number, who, reason):
        page = self.page(number)
        try:
            seen = build(page.get_latest_revision_as_object()).digest
        except FormIncomplete:
            return
        owes = any(leader == who for leader in self.debts.values())
        call = {"page_id": page.pk, "actor_id": self.person(who).pk, "seen_digest": seen, "now": timezone.now()}
        if self.attempt(lambda: urgency.publish_urgently(reason=reason, **call)):
            assert reason and not owes
            taken["urgent"] += 1
            entry = LedgerEntry.objects.filter(kind="approved", page_id=page.pk).latest("number")
            self.urgent[page.pk] = self.signature(entry, seen, who)
            self.debts[UrgentPublication.objects.latest("pk").pk] = who

    @precondition(lambda self: self.debts)
    @rule(who=people, is_objection=st.booleans())
    def answer_for_an_urgent_publication(self, who, is_objection):
        debt_id, leader = next(iter(self.debts.items()))
        verb = urgency.object_to if is_objection else urgency.confirm
        call = {"debt_id": debt_id, "actor_id": self.person(who).pk, "remark": "Пикир", "now": timezone.now()}
        if self.attempt(lambda: verb(**call)):
            assert who != leader
            if not is_objection:
                taken["confirmed"] += 1
                del self.debts[debt_id]
