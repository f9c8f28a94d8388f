"""What is installed is exactly what was locked, and everything that is asked for has a reason."""

import re

import pytest

from tests.architecture.sources import ROOT

NAME = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)")


def wanted(name: str) -> list[str]:
    """The names in a .in file, in their normal form."""
    lines = (line.strip() for line in (ROOT / name).read_text().splitlines())
    return [normal(NAME.match(line).group(1)) for line in lines if NAME.match(line)]


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(name: str) -> dict[str, str]:
    """Each locked requirement: its normal name and all its lines as one."""
    text = (ROOT / name).read_text().replace("\\\n", " ")
    return {normal(NAME.match(line).group(1)): line for line in text.splitlines() if NAME.match(line)}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_has_one_version_and_hashes(name):
    loose = [
        package
        for package, line in locked(name).items()
        if not re.match(r"^\S+==\S+", line) or "--hash=sha256:" not in line
    ]

    assert loose == []


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_everything_that_is_asked_for_is_locked(name):
    assert [package for package in wanted(f"{name}.in") if package not in locked(f"{name}.txt")] == []


def test_the_two_locks_agree():
    product, tools = locked("requirements.txt"), locked("requirements-dev.txt")

    apart = [
        package
        for package in product.keys() & tools.keys()
        if product[package].split()[0].split(";")[0] != tools[package].split()[0].split(";")[0]
    ]

    assert apart == []


@pytest.mark.parametrize("name", ["requirements.in", "requirements-dev.in"])
def test_every_dependency_has_its_reason(name):
    reasons = {
        normal(found) for found in re.findall(r"^\| `([^`]+)`", (ROOT / "docs/dependencies.md").read_text(), re.M)
    }

    assert [package for package in wanted(name) if package not in reasons] == []
