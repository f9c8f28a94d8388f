"""The one bridge between the two halves of the house."""

from django.dispatch import Signal

# Sent inside the publishing transaction, once, when the gate has found a public form cleared. Receivers write rows
# and nothing else: no network, no files. A receiver that raises undoes the whole publication.
#
# form: site_pages.public_form.PublicForm          what becomes public, byte for byte
# published_at: datetime, aware                    the instant of publication
# entry_number: int                                the ledger entry that cleared this digest
document_published = Signal()
