"""Who and what the state machine draws by lot, and how often what came about."""

from collections import Counter
from dataclasses import dataclass

from hypothesis import strategies as st

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
