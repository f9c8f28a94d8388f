"""The files of the repository, as git knows them, and what can be read from them."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("cms", "approvals", "frontend_api", "site_pages")


@cache
def repository_files() -> tuple[Path, ...]:
    """Every file that is in git or would be added to it, relative to the root."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return tuple(sorted(Path(name) for name in set(listing.split("\0")) if name and (ROOT / name).is_file()))


def python_files(*, with_migrations: bool = False) -> list[Path]:
    """Our Python files, relative to the root."""
    return [
        path
        for path in repository_files()
        if path.suffix == ".py" and (with_migrations or "migrations" not in path.parts)
    ]


def app_files(suffix: str) -> list[Path]:
    """The files of our apps with this suffix, relative to the root."""
    return [path for path in repository_files() if path.parts[0] in APPS and path.suffix == suffix]


@cache
def tree_of(path: Path) -> ast.Module:
    """The syntax tree of one Python file."""
    return ast.parse((ROOT / path).read_text())


def functions_of(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of one Python file."""
    return [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
