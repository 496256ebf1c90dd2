# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The troubleshooting guide quotes every error message of the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from collections.abc import Iterator

import yaml

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from tests.rst import plain
from tests.unit.meta.project import for_each
from tests.unit.meta.project import parse
from tests.unit.meta.project import read
from tests.unit.meta.project import tracked_under

PAGE = plain(read("docs/docsite/rst/guide_troubleshooting.rst"))
CODE = tracked_under("plugins")
CORE = "plugins/module_utils/_core"
# All texts in these files are messages.
ALL_MESSAGES = [
    *(f"{CORE}/error_hints/{name}.py" for name in ("flow_logs", "bucket_policy", "key_policy")),
    f"{CORE}/option_hints.py",
    "plugins/plugin_utils/_findings/inventory_gaps.py",
]
OPTION = re.compile(r"O\((\w+)\)")
PLACEHOLDER = re.compile(r"\{\w+\}")
# Calls that report failures. InputError is not among them, since its message includes the allowed values.
FAILURES = {"Unsuccessful", "gap", "AnsibleFilterError", "AnsibleActionFail", "RunRefused"}
WORDS_IN_A_MESSAGE = 4


def pieces(node: ast.AST) -> list[str]:
    """Return the literal parts of a text in order, with the names of options in it."""
    return [
        OPTION.sub(r"\1", item.value)
        for item in ast.walk(node)
        if isinstance(item, ast.Constant) and isinstance(item.value, str)
    ]


def calls(tree: ast.AST, names: set[str]) -> Iterator[ast.Call]:
    """Yield the calls of functions, methods and classes with these names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in names:
            yield node


def docstrings(tree: ast.AST) -> set[str]:
    """Return the docstrings."""
    return {text for node in ast.walk(tree) if isinstance(node, ast.Expr) for text in pieces(node)[:1]}


def messages(texts: Iterable[str]) -> set[str]:
    """Return texts with enough words, in the form of :func:`plain`, without patterns (^...)."""
    sentences = [text for text in texts if len(re.findall(r"[A-Za-z]{2,}", text)) >= WORDS_IN_A_MESSAGE]
    said = [text for text in sentences if not text.startswith("^")]
    return {plain(text).strip(" .:;,()[]") for text in said}


def missing(texts: set[str]) -> list[str]:
    """Return the texts that are not on the page."""
    return sorted(text for text in texts if text not in PAGE)


@for_each(CODE)
def test_codes_and_messages_of_failures_are_on_the_page(name: str) -> None:
    functions = [node for node in ast.walk(parse(name)) if isinstance(node, ast.FunctionDef)]
    failing = [function for function in functions if next(calls(function, FAILURES), None)]
    texts = {text for function in failing for text in set(pieces(function)) - docstrings(function)}
    codes = {text for text in texts if re.fullmatch(r"(?:[A-Z][a-z]+){2,}(?:AWS)?", text)}
    assert [code for code in codes if code not in PAGE] == []
    assert missing(messages(texts)) == []


@for_each(ALL_MESSAGES)
def test_hints_are_on_the_page(name: str) -> None:
    tree = parse(name)
    texts = {part for text in set(pieces(tree)) - docstrings(tree) for part in PLACEHOLDER.split(text)}
    assert missing(messages(texts)) == []


def test_codes_with_a_hint_are_on_the_page() -> None:
    tree = [parse(f"{CORE}/error_hints/{name}_policy.py") for name in ("bucket", "key")]
    tables = [node for part in tree for node in ast.walk(part) if isinstance(node, ast.Dict)]
    codes = [key.value for table in tables for key in table.keys if isinstance(key, ast.Constant)]
    assert len(codes) >= 10
    assert [code for code in codes if code not in PAGE] == []


@for_each(CODE)
def test_calls_that_can_fail_are_on_the_page(name: str) -> None:
    done = [text for node in calls(parse(name), {"common_error_handler"}) for text in pieces(node)[:1]]
    assert [text for text in done if text.split("{")[0].strip() not in PAGE] == []


@for_each(tracked_under("roles", "playbooks", suffix=".yml"))
def test_failures_of_roles_and_playbooks_are_on_the_page(name: str) -> None:
    texts = [text for task in tasks_in(yaml.safe_load(read(name))) for text in failing_texts(task)]
    said = [part for text in texts for part in re.split(r"\{\{.*?\}\}", text, flags=re.DOTALL)]
    assert missing(messages(said)) == []


def tasks_in(content: object) -> Iterator[dict]:
    """Yield every dictionary in a YAML document."""
    if isinstance(content, dict):
        yield content
    for item in content.values() if isinstance(content, dict) else content if isinstance(content, list) else ():
        yield from tasks_in(item)


def failing_texts(task: dict) -> list[str]:
    """Return the failure messages of a task."""
    return [
        str((task.get(module) or {}).get(option) or "")
        for module, option in (("ansible.builtin.fail", "msg"), ("ansible.builtin.assert", "fail_msg"))
    ]


def test_page_shows_the_form_of_an_input_error() -> None:
    assert str(InputError("OPTION", "VALUE", "WHAT")).replace("'", "") in PAGE


def test_check_finds_missing_messages() -> None:
    tree = ast.parse(
        'def f():\n    """A docstring of some more words."""\n    return Unsuccessful(x, "A", f"This {y} is nowhere to be found.")'
    )
    (call,) = calls(tree, FAILURES)
    assert missing(messages(pieces(call))) == ["is nowhere to be found"]
    assert docstrings(tree) == {"A docstring of some more words."}
