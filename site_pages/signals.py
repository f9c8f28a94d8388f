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

# Sent inside the transaction of the gate that takes a public text down. Receivers write rows and nothing else; one
# that raises undoes the whole.
#
# statement: site_pages.withdrawal.Statement      what was decided
# withdrawn_at: datetime, aware                   the instant
# entry_number: int                               the ledger entry that cleared this statement
document_withdrawn = Signal()

# A question: what do readers find of this text? Whoever keeps it answers with site_pages.withdrawal.PublicState, or
# None. content_ids: several at once; the answer is a dict by content_id, of those that are public in `locale`.
public_states_asked = Signal()

# A question: what was closed after the backup from which the database was restored, and is withheld from readers since?
# Whoever keeps it answers with a list of site_pages.withdrawal.Withheld.
withheld_asked = Signal()
