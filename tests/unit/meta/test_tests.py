# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every test runs: none sleeps, is skipped, or is hidden by another of the same name."""

from __future__ import annotations

import ast
import collections
import pathlib
import tomllib

import pytest

from tests.unit.meta.project import for_each
from tests.unit.meta.project import parse
from tests.unit.meta.project import read
from tests.unit.meta.project import tracked_under

# Folders of `make test` and `make release-test`.
FOLDERS = (*tomllib.loads(read("pyproject.toml"))["tool"]["pytest"]["ini_options"]["testpaths"], "tests/release")
# Names or attributes, such as time.sleep and pytest.mark.skipif.
FORBIDDEN = {"sleep", "skip", "skipif", "xfail", "importorskip"}
FILES = tracked_under("tests")
TESTS = [name for name in FILES if pathlib.PurePath(name).name.startswith("test_")]


def find_tests(tree: ast.AST) -> list[str]:
    """Return the names of the test functions of a file, with the class in front."""
    found = []
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            found += [f"{node.name}.{name}" for name in find_tests(node)]
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test_"):
            found.append(node.name)
    return found


def forbidden_in(tree: ast.AST) -> set[str]:
    """Return the forbidden names that a file uses."""
    names = [getattr(node, "attr", getattr(node, "id", "")) for node in ast.walk(tree)]
    imported = [alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names]
    return FORBIDDEN.intersection(names + imported)


@for_each(FILES)
def test_tests_are_where_they_are_collected(name: str) -> None:
    """A file has tests exactly if pytest collects it by name and folder."""
    is_collected = name in TESTS and name.startswith(tuple(f"{folder}/" for folder in FOLDERS))
    assert bool(find_tests(parse(name))) == is_collected


@for_each(TESTS)
def test_tests_have_unique_names(name: str) -> None:
    counted = collections.Counter(find_tests(parse(name)))
    assert [test for test, count in counted.items() if count > 1] == []


@for_each(TESTS)
def test_tests_neither_sleep_nor_are_skipped(name: str) -> None:
    assert forbidden_in(parse(name)) == set()


@pytest.mark.parametrize(
    "text",
    [
        "import time\ntime.sleep(1)",
        "from time import sleep",
        "@pytest.mark.skipif(x)\ndef test_a(): pass",
        "pytest.skip()",
    ],
)
def test_check_finds_forbidden_names(text: str) -> None:
    assert forbidden_in(ast.parse(text))


def test_check_finds_functions_and_methods() -> None:
    tree = ast.parse("def test_a(): pass\nclass TestB:\n    def test_c(self): pass\ndef helper(): pass")
    assert find_tests(tree) == ["test_a", "TestB.test_c"]
