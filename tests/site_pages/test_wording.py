"""Differences in words: no code, no id of a public document, no English name of a field reaches the reader."""

import re

import pytest
from django.utils import translation

from site_pages.languages import CODES
from site_pages.models import ActRelation
from site_pages.public_form.differences import NOT_COMPARED
from site_pages.public_form.payload import FORMS
from site_pages.public_form.wording import in_words, label_of, named_documents

OTHER, UNKNOWN = "8b0cb4f5-6f5c-4b5f-9d3a-6b1f4f1f0a01", "8b0cb4f5-6f5c-4b5f-9d3a-6b1f4f1f0a02"
TITLES = {OTHER: "Суу жөнүндө"}
RELATION = {"kind": "amends", "target": None, "citation": "", "registry_code": "", "url": "", "points": ""}
SIGNATORY = {"is_acting": True, "key": "a", "name": "Бектур", "post": ""}
IN_WORDS = [
    ("release", "related", [OTHER, UNKNOWN], f"Суу жөнүндө\n{UNKNOWN}"),
    ("release", "act", OTHER, "Суу жөнүндө"),
    ("release", "act", None, ""),
    ("release", "subtype", "condolence", "Көңүл айтуу"),
    ("speech", "original_language", "ru", "Русский"),
    ("speech", "speaker", {"key": "a", "name": "Бектур", "post": "Президент"}, "Бектур · Президент"),
    ("decree", "is_normative", True, "ооба"),
    ("decree", "is_normative", False, "жок"),
    ("decree", "status", "repealed", "Күчүн жоготту"),
    ("decree", "number", 261, "261"),
    ("decree", "relations", [{**RELATION, "target": OTHER, "points": "2"}], "Өзгөртөт · Суу жөнүндө · 2"),
    ("decree", "relations", [{**RELATION, "citation": "№ 5 Жарлык"}], "Өзгөртөт · № 5 Жарлык"),
    ("decree", "annexes", [{"accessible": True, "title": "А"}], "жеткиликтүү · А"),
    ("decree", "annexes", [{"accessible": False, "title": "А"}], "А"),
    ("decree", "signatory", {**SIGNATORY, "is_acting": False}, "Бектур"),
    ("decree", "signatory", {**SIGNATORY, "is_acting": True}, "милдетин аткаруучу · Бектур"),
]  # fmt: skip


@pytest.mark.parametrize(("document_type", "name", "value", "said"), IN_WORDS)
def test_a_value_is_told_in_words(document_type, name, value, said):
    with translation.override("ky"):
        assert in_words(name, value, document_type=document_type, titles=TITLES) == said


def test_every_field_has_a_name_in_each_language():
    names = {(kind, name) for kind, form in FORMS.items() for name in form.model_fields} - {
        (kind, name) for kind in FORMS for name in NOT_COMPARED
    }
    for kind, name in sorted(names):
        labels = {}
        for language in CODES:
            with translation.override(language):
                labels[language] = label_of(name, document_type=kind)
        assert not re.search("[a-z]", labels["ky"] + labels["ru"]), (name, labels)
        assert labels["en"] != name.replace("_", " "), name


def test_every_relation_has_a_name_in_each_language():
    for kind in ActRelation.Kind.values:
        said = set()
        for language in CODES:
            with translation.override(language):
                said.add(in_words("relations", [{**RELATION, "kind": kind}], document_type="decree", titles={}))
        assert len(said) == len(CODES), kind


def test_the_documents_that_a_payload_names_are_found():
    payload = {"related": [OTHER], "act": None, "relations": [{**RELATION, "target": UNKNOWN}, RELATION]}

    assert named_documents(payload) == {OTHER, UNKNOWN}
    assert named_documents({}) == set()
