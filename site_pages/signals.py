"""The one bridge between the two halves of the house."""

from django.dispatch import Signal

# Sent inside the publishing transaction, once, when the gate has found a public form cleared. Receivers write rows
# and nothing else: no network, no files. A receiver that raises undoes the whole publication.
#
# form: site_pages.public_form.PublicForm          what becomes public, byte for byte
# published_at: datetime, aware                    the instant of publication
# entry_number: int                                the ledger entry that cleared this digest
document_published = Signal()

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
