"""What the state machine knows of corrections: what readers were told, and every version that was ever public.

Like the rest of its book it asks the tables, never the product's rules.
"""

import re
from collections import defaultdict

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from approvals import decisions
from frontend_api.models import Publication, PublishedDocument, PublishedVersion
from tests.attacks.the_book import taken
from tests.newsroom import edit

CORRECTED = ("corrected, major", "corrected, minor", "kept back without a note")
NOTES = ("Сандар такталды", "Аталышы оңдолду", "", "…", "  ")


class Corrections:
    """The corrections of the newsroom, made and kept in the book."""

    def __init__(self):
        super().__init__()
        self.public_texts: dict[int, str] = {}
        self.told: dict[tuple, list[tuple]] = {}
        self.has_corrected = False

    @precondition(lambda self: self.pages and not self.has_corrected)
    @rule(number=st.integers(0, 2), update_type=st.sampled_from(("major", "minor")), note=st.sampled_from(NOTES))
    def a_correction(self, number, update_type, note):
        """The whole way of a correction, as far as it goes from where the text is; once in a newsroom."""
        if not self.page(number).live:
            self.clear(number)
            # The book is held against each publication before the next one begins.
            self.every_published_text_was_signed_by_its_whole_route()
        page = self.page(number)
        if not page.live:
            return
        if not taken["corrected, major"]:
            # Chance alone may leave it out.
            update_type, note = "major", NOTES[0]
        steps = taken["steps"]
        bare = {"title": f"Үнсүз {steps}", "update_type": "major", "change_note": "…", "go_live_at": None}
        if self.attempt(lambda: edit(page, by=self.person("author"), **bare)):
            self.note(page.pk, "author")
            assert not self.attempt(lambda: decisions.submit(page_id=page.pk, user=self.person("author")))
            taken["kept back without a note"] += 1
        words = f"{note} {steps}." if re.search(r"\w", note) else note
        changes = {"title": f"Түзөтүү {steps}", "update_type": update_type, "change_note": words}
        changes |= {"go_live_at": None, "expire_at": None}
        if not self.attempt(lambda: edit(page, by=self.person("author"), **changes)):
            return
        self.note(page.pk, "author")
        numbers = Publication.objects.count()
        self.has_corrected = True
        self.clear(number)
        is_told = update_type == "minor" or bool(re.search(r"\w", words))
        if Publication.objects.count() > numbers:
            assert is_told
            taken[f"corrected, {update_type}"] += 1
            assert Publication.objects.latest("number").change_note == words

    def clear(self, number: int) -> None:
        """Submit the text, and have it signed by whoever may of those who decide."""
        self.submit(number=number, who="author")
        for who in ("head", "deputy_head", "leader", "second_leader"):
            self.approve(number=number, who=who, is_honest=True)

    @invariant()
    def versions_stay_and_corrections_only_grow(self):
        texts = dict(PublishedVersion.objects.values_list("pk", "cleared"))
        assert {number: texts.get(number) for number in self.public_texts} == self.public_texts
        if texts == self.public_texts:
            return
        self.public_texts = texts
        told, last, numbers = defaultdict(list), {}, {}
        for publication in Publication.objects.select_related("tombstone").order_by("number"):
            document = publication.content_id, publication.locale
            if publication.kind == "withdrawn":
                if publication.tombstone.withdrawal_class != "no_longer_current":
                    del last[document]
                continue
            if document in last and last[document] != publication.digest:
                assert publication.kind == "corrected"
                assert publication.update_type == "minor" or re.search(r"\w", publication.change_note)
                told[document].append((publication.number, publication.update_type, publication.change_note))
            last[document], numbers[document] = publication.digest, publication.number
            assert publication.number in texts
        for document, earlier in self.told.items():
            assert told[document][: len(earlier)] == earlier
        self.told = dict(told)
        public = PublishedDocument.objects.values_list("content_id", "locale", "digest", "cleared")
        assert {(content_id, locale): digest for content_id, locale, digest, _text in public} == last
        assert all(text == texts[numbers[content_id, locale]] for content_id, locale, _digest, text in public)
