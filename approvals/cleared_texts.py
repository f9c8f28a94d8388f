"""Cleared texts with everything that their publication needs, read from the revision that was cleared.

Building a public form and writing a page's own rows takes a hundred times longer than opening the gate. Both can be
done before the moment: the form is bound to the digest, and the rows are nobody's to read while the page is not live.
Of a page that is live they hold the public text: what a correction changes in them is worked out, and written later.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.files.storage import default_storage
from django.db import IntegrityError, InterfaceError, InternalError, OperationalError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.models import COMMENTS_RELATION_NAME, Page, Revision

from approvals.corrections import public_entry
from approvals.models import LedgerEntry
from approvals.page_rows import RowChanges, Target, changes_of, gone
from site_pages.gatekeeping import GateClosed, opened
from site_pages.models import DocumentPage
from site_pages.public_form.builders import build
from site_pages.public_form.canonical import PublicForm
from site_pages.public_form.files import FileUnreadable
from site_pages.requirements import slug_issues, slug_sign_issues

# No fault of a document: a lost connection, a deadlock, and what follows one inside its transaction.
DATABASE_FAILED = (OperationalError, InterfaceError, InternalError)


@dataclass(frozen=True)
class ClearedText:
    """One version of a document as the gate passes it. content: of the revision, when it was read.

    is_written: whether it stands in the rows of its page. changes: of a correction that was made ready, what is still
    to be written into them.
    """

    entry: LedgerEntry
    page: DocumentPage
    form: PublicForm
    content: dict
    is_written: bool = False
    changes: RowChanges | None = None


@dataclass
class Ahead:
    """What one worker has made ready before its moment, by the numbers of the entries that cleared it.

    given_up: what could not be made ready, and when it may be tried again; if that is not before its moment, it takes
    the long way then, which says why. lost: with which bundles the database failed, in how many rounds in a row.
    """

    texts: dict[int, ClearedText] = field(default_factory=dict)
    given_up: dict[int, dt.datetime] = field(default_factory=dict)
    lost: dict[int, int] = field(default_factory=dict)

    def lose(self, bundle_id: int) -> int:
        """Remember that the database failed with a bundle once more; in how many rounds it has."""
        self.lost[bundle_id] = self.lost.get(bundle_id, 0) + 1
        return self.lost[bundle_id]

    def gone(self, entries: Iterable[LedgerEntry]) -> set[Target]:
        """What the corrections among these texts name and is not there any more."""
        texts = [self.texts[entry.number] for entry in entries if entry.number in self.texts]
        return gone(text.changes for text in texts if text.changes)

    def still(
        self, entry: LedgerEntry, revision: Revision, *, stored: Page, gone: Collection[Target] = ()
    ) -> ClearedText | None:
        """The text made ready, if its revision holds the very same bytes, what it corrects is still what is public, and
        what it names and its files are where they were. stored: the row of its page, locked. gone: see above.

        Raises FileUnreadable: a file has gone since.
        """
        text = self.texts.get(entry.number)
        if text is None or text.content != revision.content or text.entry.hash != entry.hash:
            return None
        if (stored.live_revision_id if stored.live else None) != (text.changes.corrects if text.changes else None):
            return None
        if text.changes and not text.changes.targets.isdisjoint(gone):
            return None
        for file in text.form.files:
            if not default_storage.exists(file.storage_name):
                raise FileUnreadable(_("The file “%(name)s” cannot be read.") % {"name": file.filename})
        # An attempt that was taken back has left its traces here.
        text.page.live, text.page.live_revision_id = stored.live, stored.live_revision_id
        return text


def version_of(stored: Page, revision: Revision) -> DocumentPage:
    """The document as the revision holds it. Raises GateClosed: the revision is of something else."""
    belongs_to = ContentType.objects.get_for_model(Page, for_concrete_model=False).pk
    if (revision.object_id, revision.base_content_type_id) != (str(stored.pk), belongs_to):
        raise GateClosed(_("This version belongs to another document."))
    page = revision.as_object()
    if not isinstance(page, DocumentPage) or page.alias_of_id:
        raise GateClosed(_("Only documents are published."))
    # A version remembers what was live when it was saved; what is live now stays so until the gate changes it.
    page.live, page.live_revision_id = stored.live, stored.live_revision_id
    return page


def read(entry: LedgerEntry, *, stored: Page, revision: Revision) -> ClearedText:
    """The text that the entry cleared. Raises GateClosed, FormIncomplete, FileUnreadable."""
    page = version_of(stored, revision)
    return ClearedText(entry=entry, page=page, form=build(page), content=revision.content)


def correcting(text: ClearedText, *, stored: DocumentPage) -> ClearedText | None:
    """The text with what it changes in the rows of its page, which is live; None where only the long way writes them.

    Raises GateClosed: it does not fit beside the other pages.
    """
    public = public_entry(content_id=text.page.content_id, locale=text.page.locale_code)
    if public is None:
        return None
    _require_valid(text.page)
    changes = changes_of(text.page, stored=stored, public_entry=public.number)
    return replace(text, changes=changes) if changes else None


def write(entry: LedgerEntry) -> None:
    """Write the text that the entry cleared into the rows of its page, which is locked; what is live stays so.

    The text is read again: a page that was written once is spent, though its transaction may have been taken back.
    Raises GateClosed: it does not fit beside the other pages.
    """
    page = version_of(Page.objects.get(pk=entry.page_id), Revision.objects.get(pk=entry.revision_id))
    with opened(page_id=page.pk, revision_id=entry.revision_id):
        _require_valid(page)
        page.save()
        for comment in getattr(page, COMMENTS_RELATION_NAME).all().only("position"):
            comment.save(update_fields=["position"])


def _require_valid(page: DocumentPage) -> None:
    # Wagtail takes addresses in all letters.
    if faults := [(issue.field, issue.message) for issue in slug_sign_issues(page)]:
        raise GateClosed(_by_field(faults, page=page))
    try:
        page.full_clean()
    except ValidationError as refusal:
        raise in_words(refusal, page=page) from refusal


def in_words(refusal: Exception, *, page: DocumentPage) -> Exception:
    """What kept the text from the rows of pages and readers, as people read it: by the name of the field.

    What was free when the text was submitted may be another document's since: its address, its number.
    """
    if not isinstance(refusal, ValidationError | IntegrityError):
        return refusal
    faults = [(issue.field, issue.message) for issue in (*slug_issues(page), *page.type_requirements())]
    if isinstance(refusal, ValidationError) and not faults:
        by_field = refusal.message_dict if hasattr(refusal, "error_dict") else {"": refusal.messages}
        faults = [(name, " ".join(messages)) for name, messages in by_field.items()]
    return GateClosed(_by_field(faults, page=page)) if faults else refusal


def _by_field(faults: list[tuple[str, str]], *, page: DocumentPage) -> str:
    return " ".join(
        _("“%(field)s”: %(fault)s") % {"field": label_of(page, name), "fault": fault} for name, fault in faults
    )


def label_of(page: DocumentPage, name: str) -> str:
    """What editors know a field by; the document's title for what is wrong with the whole."""
    try:
        return str(capfirst(page._meta.get_field(name).verbose_name))
    except FieldDoesNotExist:
        return page.draft_title or page.title


def is_early(text: ClearedText, *, at: dt.datetime) -> bool:
    """Whether the time that stands in the text is still to come."""
    return text.page.go_live_at is not None and text.page.go_live_at > at
