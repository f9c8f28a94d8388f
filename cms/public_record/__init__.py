"""Whether the public record is sound: the log, every version that was public, what is public, and what the ledger says.

Passes in the order of an index, in pieces: the memory that they take does not grow with the number of documents.
Nothing is believed because a trigger should have refused the contrary, and nothing that stands in a row ends the
search: what cannot be read is a fault like any other.
"""

from collections.abc import Callable, Iterator

from cms.public_record.log import faults_of_log
from cms.public_record.strangers import faults_of_strangers, faults_of_withheld
from cms.public_record.texts import faults_of_texts
from frontend_api.snapshots import one_moment
from site_pages.unreadable_values import every_value_readable


def faults(*, progress: Callable[[int], None] = lambda number: None) -> Iterator[str]:
    """Everything that is wrong, in words, as it is found; nothing when all is sound.

    All of it at one moment, so that what is published meanwhile is no fault. progress: told how many publications
    were read.
    """
    with one_moment(), every_value_readable():
        yield from faults_of_log(progress)
        yield from faults_of_texts()
        yield from faults_of_strangers()
        yield from faults_of_withheld()


__all__ = ["faults"]
