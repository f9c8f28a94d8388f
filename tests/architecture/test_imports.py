"""Apps point one way, and no two modules need each other."""

import ast
import subprocess
import sys
from pathlib import Path

import grimp

from tests.architecture.sources import APPS, ROOT, functions_of, python_files


def test_the_contracts_between_the_apps_are_kept():
    linter = Path(sys.executable).with_name("lint-imports")

    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


def test_no_two_modules_import_each_other():
    graph = grimp.build_graph(*APPS, cache_dir=None)

    pairs = [
        (module, imported)
        for module in sorted(graph.modules)
        for imported in sorted(graph.find_modules_directly_imported_by(module))
        if module < imported and module in graph.find_modules_directly_imported_by(imported)
    ]

    assert pairs == []


def test_no_import_hides_in_a_function():
    hidden = [
        f"{path}:{node.lineno}"
        for path in python_files(with_migrations=True)
        if path.name != "apps.py"
        for function in functions_of(path)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]

    assert hidden == []
