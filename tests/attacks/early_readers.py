"""The early readers of the state machine: who was given what, and that nobody ever reads anything else."""

from dataclasses import dataclass, field

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from approvals.embargo import breaches, giving, opening
from approvals.embargo.breaches import Sighting
from approvals.embargo.giving import Journalist
from approvals.embargo.opening import Asker, TextIsPublic
from approvals.models import DuePublication, EarlyAccess
from approvals.outside.tokens import TokenDead
from site_pages.models import DocumentPage
from site_pages.public_form.canonical import digest_of
from tests.attacks.the_book import MOST_PAGES, people, pick, taken
from tests.newsroom import release

GIVERS = ("head", "deputy_head", "leader", "second_leader")
NOBODY = Asker(address="", user_agent="")


@dataclass
class Gift:
    """What the machine's own book says of one early access. is_over: it was revoked, or the embargo broken."""

    page_id: int
    access_id: int
    token: str
    digest: str
    is_over: bool = False


@dataclass
class EarlyReaders:
    """All who were given early access in one run."""

    gifts: list[Gift] = field(default_factory=list)
    dead: list[Gift] = field(default_factory=list)
    read: int = 0

    def give(self, *, page: DocumentPage, who: str, actor_id: int) -> Gift:
        """Give it; the machine knows by itself who may."""
        due = DuePublication.objects.filter(page_id=page.pk).first()
        to = Journalist(reader_name="Асел", outlet="Кабар", email="asel@kabar.example", language="ky")
        access, token = giving.give(
            page_id=page.pk, giver_id=actor_id, seen_digest=due.digest if due else "0" * 64, to=to, ends_at=None,
            by_mail=False, now=timezone.now(),
        )  # fmt: skip
        assert who in GIVERS and due.due_at > timezone.now() and access.digest == due.digest
        self.gifts.append(Gift(page.pk, access.pk, token, due.digest))
        return self.gifts[-1]

    def revoke(self, *, number: int, actor_id: int) -> None:
        """End one."""
        gift = self.gifts[number % len(self.gifts)]
        giving.revoke(access_id=gift.access_id, actor_id=actor_id, now=timezone.now())
        gift.is_over = True

    def break_embargo(self, *, page: DocumentPage, who: str, actor_id: int) -> None:
        """Note a breach without a culprit."""
        seen = Sighting(place="Сайт", seen_at=timezone.now())
        breaches.note_breach(page_id=page.pk, actor_id=actor_id, seen=seen, now=timezone.now())
        assert who != "author"
        for gift in self.gifts:
            gift.is_over |= DocumentPage.objects.filter(pk=gift.page_id, translation_key=page.content_id).exists()

    def check(self, *, signed) -> None:
        """No early reader gets a byte but of a text that its whole route signed, that waits, and that is not over.

        signed: the digests of a page that every step has signed, by the machine's own book.
        """
        for gift in [*self.gifts, *self.dead[-1:]]:
            try:
                opened = opening.open_text(token=gift.token, what=opening.FORM, asker=NOBODY, now=timezone.now())
            except (TokenDead, TextIsPublic):
                if gift in self.gifts:
                    self.gifts.remove(gift)
                    self.dead.append(gift)
                continue
            assert gift not in self.dead
            self.read += 1
            due = DuePublication.objects.get(page_id=gift.page_id)
            assert not gift.is_over
            assert digest_of(opened.form.canonical) == gift.digest == due.digest == opened.access.digest
            assert due.due_at > timezone.now() and gift.digest in signed(gift.page_id)
        assert EarlyAccess.objects.count() == len(self.gifts) + len(self.dead)


class EarlyReading:
    """What the state machine does with early access; a part of its office."""

    early: EarlyReaders

    def begin_anew(self, number: int) -> int:
        """A new text where there is room for one: what is under embargo seldom comes about otherwise."""
        if len(self.pages) >= MOST_PAGES:
            return number
        self.begin(make=release, who="author")
        return len(self.pages) - 1

    @precondition(lambda self: self.pages and len(self.early.gifts) < 3)
    @rule(number=pick, who=people)
    def give_early_access(self, number, who):
        call = {"page": self.page(number), "who": who, "actor_id": self.person(who).pk}
        taken["given early"] += self.attempt(lambda: self.early.give(**call))

    @precondition(lambda self: self.early.gifts)
    @rule(number=pick, who=people, is_breach=st.booleans())
    def end_early_access(self, number, who, is_breach):
        actor_id = self.person(who).pk
        if is_breach and self.pages:
            page = self.page(number)
            self.attempt(lambda: self.early.break_embargo(page=page, who=who, actor_id=actor_id))
        else:
            self.attempt(lambda: self.early.revoke(number=number, actor_id=actor_id))

    @invariant()
    def early_readers_read_exactly_what_was_cleared(self):
        before = self.early.read
        self.early.check(signed=lambda page_id: {one.seen for one in self.signed[page_id]})
        taken["read early"] += self.early.read - before
