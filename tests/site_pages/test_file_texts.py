"""A text is text and a table holds no formula, whatever its first line says."""

import pytest
from django.core.exceptions import ValidationError

from site_pages.files.inspection import inspect_file
from tests.site_pages.refused import code_of


@pytest.mark.parametrize("first", ["sep=^", "SEP=^", '"sep=^"', "sep=^ "])
@pytest.mark.parametrize("cell", ["=A1+B1", "=cmd|' /C calc'!A0", "@SUM(A1)"])
def test_a_table_that_says_what_stands_between_its_cells_is_read_so(first, cell):
    with pytest.raises(ValidationError) as refused:
        inspect_file(f"{first}\r\nаты^{cell}\r\n".encode(), filename="a.csv")

    assert refused.value.code == "formula"
    assert refused.value.params["row"] == 2
    assert code_of(f"{first}\r\nаты^саны\r\nНарын^-5\r\n".encode(), "a.csv") is None


@pytest.mark.parametrize("first", ["sep=a", "sep=", "sep==", "sep=\u00a0"])
def test_a_table_with_something_odd_between_its_cells_is_refused(first):
    assert code_of(f"{first}\nаты;саны\n".encode(), "a.csv") == "formula"


@pytest.mark.parametrize("content", ["sep=;\nаты;=A1+B1\n", "sep=|\nаты;=A1+B1\nОш;2\n", "аты|=HYPERLINK(\"http://a\")\n",
                                     "аты^ =cmd|' /C calc'!A0\n"])  # fmt: skip
def test_a_formula_behind_any_sign_between_cells_is_refused(content):
    assert code_of(content.encode(), "a.csv") == "formula"


@pytest.mark.parametrize(
    "content", ["sep=;\nаты;саны\nОш;-5\n", "аты|саны\nНарын|-|5\nОш|-7|!\n", "sepia\nа\n", "а^-б\n"]
)
def test_a_table_without_formulas_is_taken_whatever_stands_between_its_cells(content):
    assert code_of(content.encode(), "a.csv") is None


@pytest.mark.parametrize(
    "content",
    [b"<body onload=alert(1)>", b"hello <script>alert(1)</script>", b"<HTA:APPLICATION>", b"<?php echo 1;", b"a <?php",
     b"<!-- a -->", b"\xef\xbb\xbf%PDF-1.4", b"\xef\xbb\xbf%PDF-1.4 \xff", b" \n%PDF-1.4", b"\xef\xbb\xbf#!/bin/sh",
     b"\xef\xbb\xbfMZ a"],
)  # fmt: skip
def test_a_page_or_a_program_is_no_text(content):
    assert code_of(content, "a.txt") == "wrong_type"


@pytest.mark.parametrize("content", ["a < b > c", "<Жарлык>", "<president@example.kg> жазды", "<<Ала-Тоо>>",
                                     "Тег <p> жана <b>", "<peter@example.kg>", "#1: a", "100 % PDF-"])  # fmt: skip
def test_a_text_with_sharp_brackets_is_taken(content):
    assert code_of(content.encode(), "a.txt") is None
