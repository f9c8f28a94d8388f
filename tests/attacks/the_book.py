"""What the state machine writes into its book, and whom it knows."""

from collections import Counter
from dataclasses import dataclass

from hypothesis import strategies as st

STATIONS = {1: ("head", "deputy_head"), 2: ("leader", "second_leader")}
MOST_PAGES = 5
PEOPLE = ("author", "colleague", "head", "deputy_head", "leader", "second_leader", "boss", "outsider")
people = st.sampled_from(PEOPLE)
pick = st.integers(min_value=0, max_value=2)
taken: Counter[str] = Counter()


@dataclass(frozen=True)
class Signature:
    """One approval in the book: of what text, by whom, and in whose office."""

    seen: str
    who: str
    for_whom: str


@dataclass(frozen=True)
class Going:
    """One proposal to take a text down in the book: who made it, who signed it."""

    number: int
    proposer: str
    closes: bool
    signed: list[Signature]
