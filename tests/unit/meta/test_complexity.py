# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cognitive complexity of every function is at most 10, with the tool that amazon.aws uses."""

from __future__ import annotations

import ast

from cognitive_complexity.api import get_cognitive_complexity

from tests.unit.meta.project import for_each
from tests.unit.meta.project import parse
from tests.unit.meta.project import tracked_under

BOUND = 10


def too_complex(tree: ast.AST) -> list[tuple[str, int]]:
    """Return the functions and methods above the bound, with their complexity."""
    functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    measured = [(function.name, get_cognitive_complexity(function)) for function in functions]
    return [(name, complexity) for name, complexity in measured if complexity > BOUND]


@for_each(tracked_under("plugins", "tests", "demo", "tools", "docs", "extensions"))
def test_functions_are_simple(name: str) -> None:
    assert too_complex(parse(name)) == []


NESTED = "class A:\n  def f(a):\n" + "".join(f"{'  ' * depth}if a:\n" for depth in range(2, 6)) + " " * 12 + "pass\n"


def test_measure_finds_a_complex_function() -> None:
    assert too_complex(ast.parse(NESTED)) == []
    assert too_complex(ast.parse(NESTED + "    for b in a: pass\n")) == [("f", 11)]
