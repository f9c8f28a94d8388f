"""The rules of the state machine about taking down; the machine itself is in test_state_machine."""

from collections.abc import Callable

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from approvals.models import LedgerEntry, Outcome, Withdrawal
from approvals.withdrawal import verbs as withdrawal
from approvals.withdrawal.closing import close_at_once
from site_pages.models import DocumentPage
from site_pages.withdrawal import WithdrawalClass
from tests.attacks.the_book import STATIONS, Going, Signature, people, pick, taken


class TakingDown(RuleBasedStateMachine):
    """People propose, decide on and carry out withdrawals; the machine below gives pages, people and the book."""

    pages: list[int]
    versions: dict[int, int]
    wrote: dict[int, set[int]]
    ever_wrote: dict[int, set[int]]
    signed: dict[int, list[Signature]]
    going: dict[int, Going]
    taken_down: set[int]
    acting: set[tuple[str, str]]
    page: Callable[[int], DocumentPage]
    person: Callable
    attempt: Callable[[Callable], bool]
    clear: Callable[[int], None]
    signature: Callable[..., Signature]
    appoint: Callable

    @precondition(lambda self: self.pages)
    @rule(number=pick, who=people, as_=st.sampled_from(WithdrawalClass), reason=st.sampled_from(("Ката", "Ката", "")))
    def propose_a_withdrawal(self, number, who, as_, reason):
        page = self.page(number)
        successor = self.page(number + 1).content_id if as_ == WithdrawalClass.SUPERSEDED else None
        call = {"page_id": page.pk, "actor_id": self.person(who).pk, "reason": reason, "now": timezone.now()}
        made: list[Withdrawal] = []
        if self.attempt(lambda: made.append(withdrawal.propose(withdrawal_class=as_, successor=successor, **call))):
            assert reason and page.live and successor != page.content_id and who != "boss"
            # Whoever acts for somebody who decides is of the house.
            assert who != "outsider" or any(deputy == who for deputy, _principal in self.acting)
            closes = as_ != WithdrawalClass.NO_LONGER_CURRENT
            self.going[page.pk] = Going(made[0].pk, who, closes=closes, signed=[])

    @precondition(lambda self: self.going)
    @rule(who=people, is_refusal=st.sampled_from((False, False, False, True)), is_honest=st.booleans())
    def decide_on_a_withdrawal(self, who, is_refusal, is_honest):
        page_id, going = next(iter(self.going.items()))
        row = Withdrawal.objects.get(pk=going.number)
        call = {"withdrawal_id": row.pk, "actor_id": self.person(who).pk, "now": timezone.now()}
        seen = row.statement.own_digest if is_honest else "0" * 64
        verb = withdrawal.refuse if is_refusal else withdrawal.approve
        entries: list[LedgerEntry] = []
        if not self.attempt(lambda: entries.append(verb(seen_digest=seen, remark="Пикир", **call))):
            return
        assert is_honest
        if is_refusal:
            del self.going[page_id]
            return
        going.signed.append(self.signature(entries[0], seen, who))
        if Withdrawal.objects.get(pk=row.pk).outcome == Outcome.DONE:
            self.check_who_took_it_down(going)
            taken["withdrawn" if going.closes else "under a notice"] += 1
            self.went_down(page_id, closes=going.closes)

    def check_who_took_it_down(self, going: Going) -> None:
        offices = [n for one in going.signed for n, names in STATIONS.items() if one.for_whom in names]
        names = [name for one in going.signed for name in {one.who, one.for_whom}]
        assert offices == [1, 2], going
        assert len(names) == len(set(names)), going
        assert going.proposer not in names

    def went_down(self, page_id: int, *, closes: bool) -> None:
        """Nothing that was signed counts any more; of a closed text whoever ever wrote at it has contributed again."""
        self.going.pop(page_id, None)
        self.taken_down.add(page_id)
        self.signed[page_id] = []
        if closes:
            self.wrote[page_id] |= self.ever_wrote[page_id]

    @precondition(lambda self: self.pages)
    @rule(number=pick, who=people, reason=st.sampled_from(("Жабылсын", "Жабылсын", "")))
    def close_at_once(self, number, who, reason):
        page = self.page(number)
        call = {"page_id": page.pk, "actor_id": self.person(who).pk, "now": timezone.now()}
        if self.attempt(lambda: close_at_once(reason=reason, **call)) and page.live:
            assert reason and who in STATIONS[2]
            taken["closed at once"] += 1
            self.went_down(page.pk, closes=True)

    @precondition(lambda self: self.pages)
    @rule(
        number=pick,
        as_=st.sampled_from((*WithdrawalClass, WithdrawalClass.NO_LONGER_CURRENT)),
        how=st.sampled_from(("by the route", "by the route", "the switch", "for the head", "the switch")),
    )
    def a_day_of_taking_down(self, number, as_, how):
        """As far as it goes from where the text is; what is not public is cleared before."""
        if not self.page(number).live:
            self.clear(number)
        if how == "the switch":
            self.close_at_once(number=number, who="leader", reason="Жабылсын")
            return
        if how == "for the head":
            self.appoint(deputy="outsider", principal="head", by="boss", days=2)
        self.propose_a_withdrawal(number=number, who="colleague", as_=as_, reason="Ката")
        for who in ("outsider" if how == "for the head" else "head", "leader"):
            if self.going:
                self.decide_on_a_withdrawal(who=who, is_refusal=False, is_honest=True)

    @invariant()
    def nothing_ceased_to_be_public_but_by_its_route_or_the_switch(self):
        public = set(DocumentPage.objects.filter(live=True).values_list("pk", flat=True))
        assert set(self.versions) - public <= self.taken_down
        for page_id in set(self.versions) - public:
            del self.versions[page_id]
