"""The one bridge between the two halves of the house."""

from dataclasses import dataclass

from django.dispatch import Signal

from site_pages.public_form.canonical import PublicForm


@dataclass(frozen=True)
class Handed:
    """One public form as the gate hands it over. entry_number: the ledger entry that cleared its digest."""

    form: PublicForm
    entry_number: int


# Sent inside the publishing transaction, once for all that becomes public together, when the gate has found the public
# forms cleared. Receivers write rows and nothing else: no network, no files. A receiver that raises undoes the whole
# publication. Who stored the forms answers with a dict: each digest and
# the number of its version.
#
# handed: tuple[Handed, ...]                       what becomes public, byte for byte, in this order
# published_at: datetime, aware                    the instant of publication
documents_published = Signal()

# Sent some seconds before a publication, outside of it, for what can be worked out early. Nothing is public yet, and
# perhaps it never will be: receivers write nothing.
#
# form: site_pages.public_form.PublicForm
document_ahead = Signal()
