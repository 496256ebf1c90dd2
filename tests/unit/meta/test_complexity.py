# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every function can be understood at once: its cognitive complexity is at most 10."""

from __future__ import annotations

import complexipy
import pytest

from tests.unit.meta.project import read
from tests.unit.meta.project import tracked_under

BOUND = 10


def too_complex(text: str) -> dict[str, int]:
    """Return the functions of a Python file that are above the bound, with their complexity."""
    # Without the marks that would keep a function from being measured.
    functions = complexipy.code_complexity(text.replace("noqa", "-").replace("complexipy:", "-")).functions
    return {function.name: function.complexity for function in functions if function.complexity > BOUND}


@pytest.mark.parametrize("name", tracked_under("plugins", "tests", "demo", "tools", "docs", "extensions"))
def test_functions_are_simple(name: str) -> None:
    assert too_complex(read(name)) == {}


NESTED = (
    "def f(a):  # noqa: complexipy\n"
    + "".join(f"{'    ' * depth}if a:\n" for depth in range(1, 5))
    + " " * 20
    + "pass\n"
)


def test_the_measure_tells_a_complex_function_whatever_mark_it_has() -> None:
    assert too_complex(NESTED) == {}
    assert too_complex(NESTED + "    for b in a: pass\n") == {"f": 11}
    assert too_complex(NESTED.replace("noqa: complexipy", "complexipy: ignore") + "    if b: pass\n") == {"f": 11}
