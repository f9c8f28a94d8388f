"""The Kyrgyz text is the original. Plain rules, to be read aloud.

1. Whoever submits a translation says: it corresponds to the original as it now stands. That is the original under
   clearance; where none is, the public one; where none is, its latest draft. The ledger keeps the digest.
2. A translation is stale when the original in force (public, or cleared and waiting) is another one, and the one under
   clearance is too. It is confirmed by submitting it again, changed or not.
3. A translation of an act never becomes public before its original: not before the original is public, and, where an
   original was under clearance when the translation was submitted, not before that one or a later one is. It waits.
4. What was closed takes along what was made from it: a translation of an act that was submitted before its original was
   closed never becomes public; it is submitted anew.

What is not known counts as stale, and as not public.
"""

from collections.abc import Iterable

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, QuerySet

from approvals.facts import OVER, closes, entries_of, facts_from, is_turned_back
from approvals.models import EntryKind, LedgerEntry
from site_pages.languages import KYRGYZ
from site_pages.models import DOCUMENT_TYPES, DocumentPage
from site_pages.public_form.builders import FormIncomplete, build
from site_pages.public_form.files import FileUnreadable

CLEARED = (EntryKind.CLEARED, EntryKind.CLEARED_URGENTLY)


def in_force(entries: Iterable[LedgerEntry]) -> LedgerEntry | None:
    """Since when which version of a text is public, or cleared and waiting; None when none is.

    entries: all ledger entries of the text, oldest first.
    """
    public = current = None
    for entry in entries:
        if entry.kind in (*CLEARED, EntryKind.PUBLISHED):
            current = entry if current is None or current.digest != entry.digest else current
            public = current if entry.kind == EntryKind.PUBLISHED else public
        elif closes(entry):
            public = current = None
        elif entry.kind in (EntryKind.STOPPED, EntryKind.WITHDRAWN):
            # A notice leaves the text public, and ends what was cleared and waited.
            current = public
    return current


def original_digest_for(page: DocumentPage) -> str:
    """The digest of the original to which a translation submitted now corresponds; empty when nobody can tell."""
    entries = entries_of(content_id=page.content_id, locale=KYRGYZ)
    if digest := _under_way(entries):
        return digest
    if known := in_force(entries):
        return known.digest
    original = DocumentPage.objects.filter(
        translation_key=page.content_id, locale__language_code=KYRGYZ, alias_of__isnull=True
    ).first()
    try:
        return build(original.specific.get_latest_revision_as_object()).digest if original else ""
    except (FormIncomplete, FileUnreadable):
        return ""


def _under_way(entries: Iterable[LedgerEntry]) -> str:
    """The digest that is under clearance, or cleared and waiting; empty when none is."""
    facts = facts_from(entries, contributors=frozenset())
    return facts.digest if facts.is_under_way else ""


def made_from(entries: Iterable[LedgerEntry]) -> str | None:
    """The digest of the original that a translation was made from; None when it was never submitted.

    That of the round under way or cleared; after a return or a recall that of the public text, if there is one.
    """
    public = current = None
    for entry in entries:
        if entry.kind == EntryKind.SUBMITTED:
            current = entry.details.get("original_digest", "")
        elif entry.kind == EntryKind.PUBLISHED:
            public = current
        elif entry.kind in OVER and not is_turned_back(entry):
            current = current if public is None else public
    return current


def is_stale(*, page: DocumentPage, entries: list[LedgerEntry], original: list[LedgerEntry]) -> bool:
    """Whether the original has changed since the translation was made from it.

    entries, original: all ledger entries of the translation and of its original. A draft that was never submitted is
    stale when nobody has saved it since.
    """
    known = in_force(original)
    if page.locale_code == KYRGYZ or known is None:
        return False
    digest = made_from(entries)
    if digest is None:
        saved_at = page.latest_revision_created_at
        return saved_at is None or saved_at <= known.recorded_at
    return digest not in (known.digest, _under_way(original) or known.digest)


def follows_its_original(page: DocumentPage) -> bool:
    """Whether the text may only become public after its original."""
    return page.cached_content_type.model_class().original_leads and page.locale_code != KYRGYZ


def may_follow(
    *, entries: list[LedgerEntry], original: DocumentPage | None, original_entries: list[LedgerEntry]
) -> bool:
    """Whether a translation of an act may become public now. entries: those of the translation, oldest first."""
    submitted = max((e.number for e in entries if e.kind == EntryKind.SUBMITTED), default=0)
    published = [e for e in original_entries if e.kind == EntryKind.PUBLISHED]
    if any(entry.number > submitted and closes(entry) for entry in original_entries):
        return False
    if original is None or not original.live or not published:
        return False
    if (published[-1].page_id, published[-1].revision_id) != (original.pk, original.live_revision_id):
        return False
    earlier = [entry for entry in original_entries if entry.number < submitted]
    return published[-1].number > submitted or not _under_way(earlier)


def must_wait(page: DocumentPage) -> bool:
    """Whether the text may not become public yet because its original goes first.

    To be relied on only while the ledger's head is locked: every publication takes it before it is committed.
    """
    if not follows_its_original(page):
        return False
    originals = DocumentPage.objects.filter(
        translation_key=page.content_id, locale__language_code=KYRGYZ, alias_of__isnull=True
    )
    return not may_follow(
        entries=entries_of(content_id=page.content_id, locale=page.locale_code),
        original=originals.first(),
        original_entries=entries_of(content_id=page.content_id, locale=KYRGYZ),
    )


def resting_on(page: DocumentPage) -> QuerySet[DocumentPage]:
    """The translations that go with this text: of an act's Kyrgyz text all, public or not; of any other none."""
    if page.locale_code != KYRGYZ or not page.cached_content_type.model_class().original_leads:
        return DocumentPage.objects.none()
    return DocumentPage.objects.filter(translation_key=page.content_id, alias_of__isnull=True).exclude(pk=page.pk)


def followers() -> QuerySet[DocumentPage]:
    """All texts that may only become public after their originals."""
    kinds = [model for model in DOCUMENT_TYPES.values() if model.original_leads]
    types = ContentType.objects.get_for_models(*kinds).values()
    return DocumentPage.objects.filter(content_type__in=types).exclude(locale__language_code=KYRGYZ)


def whose_originals_are_live() -> QuerySet[DocumentPage]:
    """Those of them that have a public original at all."""
    originals = DocumentPage.objects.filter(
        translation_key=OuterRef("translation_key"), locale__language_code=KYRGYZ, live=True
    )
    return followers().filter(Exists(originals))
