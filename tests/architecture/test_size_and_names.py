"""Files and functions that can be read at a sitting, in places that have a name."""

import re

from tests.architecture.sources import ROOT, functions_of, python_files, repository_files

LONGEST_FILE = 400
LONGEST_FUNCTION = 40
VAGUE_NAMES = re.compile(r"^(utils?|helpers?|common|core|misc)$")
# Where something was built or fetched is nobody's business but the machine's.
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|root)/|/home/\w|/Users/\w")
REGISTRY_HOST = re.compile(
    r"(?:pypi|pythonhosted|npmjs|yarnpkg|crates)\.(?:org|com|io)|repo\d?\.maven|maven\.org|deb\.debian\.org|--(?:extra-)?index-url"
)


def test_no_file_is_longer_than_400_lines():
    lengths = {path: (ROOT / path).read_text().count("\n") for path in python_files()}

    assert {str(path): length for path, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_function_is_longer_than_40_lines():
    long_ones = {
        f"{path}::{function.name}": function.end_lineno - function.lineno + 1
        for path in python_files()
        for function in functions_of(path)
        if function.end_lineno - function.lineno + 1 > LONGEST_FUNCTION
    }

    assert long_ones == {}


def test_every_module_and_folder_has_a_name_of_the_trade():
    vague = [
        str(path)
        for path in repository_files()
        if any(VAGUE_NAMES.match(part) for part in (*path.parent.parts, path.name.split(".")[0]))
    ]

    assert vague == []


def test_the_repository_names_no_machine_and_no_registry():
    found = []
    for path in repository_files():
        try:
            text = (ROOT / path).read_text()
        except UnicodeDecodeError:
            continue
        found += [
            f"{path}:{number}"
            for number, line in enumerate(text.splitlines(), start=1)
            if MACHINE_PATH.search(line) or (REGISTRY_HOST.search(line) and path.name not in ("Makefile", __name__))
        ]

    assert [place for place in found if not place.startswith("tests/architecture/test_size_and_names.py")] == []
