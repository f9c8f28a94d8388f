"""Two texts, word by word: nothing is lost, few changes are found however far apart, and nothing takes for ever."""

import random
from itertools import pairwise

import pytest

from site_pages.public_form.word_differences import MOST_STEPS, Effort, pieces

PAIRS = [
    ("Мектеп 300 окуучуга", "Мектеп 400 окуучуга", ["same", "removed", "added", "same"]),
    ("а", "а б", ["same", "added"]),
    ("а б", "а", ["same", "removed"]),
    ("а\nб", "а б", ["same", "removed", "added", "same"]),
    (" ", "  ", ["removed", "added"]),
    ("", "", []),
]


def kinds(before: str, after: str, **more) -> list[str]:
    return [piece.kind for piece in pieces(before, after, **more)]


def words(prefix: str, count: int) -> str:
    return " ".join(f"{prefix}{number}" for number in range(count))


@pytest.mark.parametrize(("before", "after", "expected"), PAIRS)
def test_only_what_differs_is_told(before, after, expected):
    assert kinds(before, after) == expected


def test_both_texts_can_be_put_together_from_the_pieces():
    chance = random.Random(3)
    for _ in range(500):
        before, after = ("".join(chance.choices(["а", "б", " ", "  ", "\n"], k=chance.randrange(14))) for _ in "..")
        found = pieces(before, after)

        assert "".join(piece.text for piece in found if piece.kind != "added") == before
        assert "".join(piece.text for piece in found if piece.kind != "removed") == after
        assert all(one.kind != next_one.kind for one, next_one in pairwise(found))


def test_two_words_far_apart_in_a_long_text_are_told_as_two_words():
    before = words("с", 6000)
    after = before.replace(" с5 ", " х ").replace(" с5990 ", " у ")

    assert [piece.text for piece in pieces(before, after) if piece.kind != "same"] == ["с5", "х", "с5990", "у"]


def test_texts_written_anew_are_told_whole_once_the_effort_is_used_up():
    effort = Effort()

    assert kinds(f"Баш {words('а', 3000)} соң", f"Баш {words('б', 3000)} соң", effort=effort) == [
        "same", "removed", "added", "same",
    ]  # fmt: skip
    assert 0 < effort.left < MOST_STEPS


def test_the_texts_of_one_answer_share_one_effort():
    chance, effort = random.Random(1), Effort()

    def anew() -> str:
        return " ".join(f"с{chance.randrange(60)}" for _ in range(480))

    found = [kinds(anew(), anew(), effort=effort) for _ in range(60)]

    assert len(found[0]) > 2
    assert found[-1] == ["removed", "added"]
    assert -500 < effort.left < MOST_STEPS / 10
