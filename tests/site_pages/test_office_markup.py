"""Markup written anew: names stay bound to their namespaces, each declared where it is used, and never without end."""

from xml.etree import ElementTree

import pytest
from django.core.exceptions import ValidationError

from site_pages.files import markup

HALF = markup.MOST_PART_BYTES // 2


class Unwrapping(markup.Rules):
    """Of elements called `gone` only the tags go."""

    def unwraps(self, namespace: str, name: str) -> bool:
        return name == "gone"


def written(part: str) -> bytes:
    """The same when it is written again."""
    after = markup.rewritten(part.encode(), rules=Unwrapping())
    assert markup.rewritten(after, rules=Unwrapping()) == after
    return after


def code_of(part: str) -> str:
    with pytest.raises(ValidationError) as caught:
        markup.rewritten(part.encode(), rules=Unwrapping())
    return caught.value.code


def declared(count: int) -> str:
    return "".join(f' xmlns:n{number}="urn:{number}"' for number in range(count))


def test_a_namespace_of_an_element_whose_tags_go_is_declared_where_it_is_used_and_nowhere_else():
    part = written(f'<a><gone{declared(9)}><b/><b n1:c=""><n1:d/></b><n2:b><n3:c/><n2:c/></n2:b></gone></a>')

    assert part == markup.DECLARATION + (
        b'<a><b/><b xmlns:n1="urn:1" n1:c=""><n1:d/></b>'
        b'<n2:b xmlns:n2="urn:2"><n3:c xmlns:n3="urn:3"/><n2:c/></n2:b></a>'
    )


def test_a_prefix_in_a_value_stays_declared():
    part = written(f'<a><gone{declared(9)}><b Requires="n1 n2"/><b type="n3:c"/></gone></a>')

    assert part.endswith(
        b'<a><b xmlns:n1="urn:1" xmlns:n2="urn:2" Requires="n1 n2"/><b xmlns:n3="urn:3" type="n3:c"/></a>'
    )


def test_names_keep_their_namespaces_through_elements_whose_tags_go():
    inside = '<b/><n:b xmlns:n="4"><n:c/></n:b><gone xmlns="5"><b><n:c/></b><b xmlns=""/></gone><n:b/>'

    root = ElementTree.fromstring(written(f'<a xmlns="1" xmlns:n="2"><gone xmlns:n="3">{inside}</gone><n:b/></a>'))

    assert [found.tag for found in root.iter()] == [
        "{1}a", "{1}b", "{4}b", "{4}c", "{5}b", "{3}c", "b", "{3}b", "{2}b",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "part",
    [
        f"<a><b{declared(101)}/></a>",
        f'<a><gone{declared(60)}><gone xmlns:a="a"{declared(59)}><b/></gone></gone></a>'.replace("n5", "m5", 1),
        f'<a xmlns="{"u" * 1_001}"/>',
    ],
)
def test_more_namespaces_than_any_program_writes_are_refused(part):
    assert code_of(part) == "zip_bomb"


def test_as_many_namespaces_as_office_programs_write_are_taken():
    assert written(f"<a{declared(100)}/>").endswith(f"<a{declared(100)}/>".encode())


def test_a_thousand_elements_in_one_another_are_taken_and_more_are_refused():
    assert written("<a>" * 1_000 + "</a>" * 1_000).count(b"<a") == 1_000
    assert code_of("<a>" * 1_001 + "</a>" * 1_001) == "zip_bomb"


def test_a_part_that_would_be_written_larger_than_one_may_be_is_refused():
    quotes = '"' * (HALF // 30)

    assert code_of(f"<a>{f'''<b c='{quotes}'/>''' * 11}</a>") == "zip_bomb"
