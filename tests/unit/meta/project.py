# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of the project, and a decorator that checks a rule on many files in one test."""

from __future__ import annotations

import ast
import functools
import inspect
import pathlib
import subprocess
from collections.abc import Callable
from collections.abc import Iterable

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]
PLUGINS = ROOT / "plugins"
PACKAGE = "ansible_collections.flowlogs.aws"


@functools.lru_cache(maxsize=None)
def tracked_files() -> tuple[str, ...]:
    """Return the path of every file under version control, relative to the root."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    return tuple(name for name in listing.decode().split("\0") if name and (ROOT / name).is_file())


def tracked_under(*folders: str, suffix: str = ".py") -> list[str]:
    """Return the tracked files with this suffix in any of these folders."""
    return [
        name for name in tracked_files() if name.endswith(suffix) and name.startswith(tuple(f"{f}/" for f in folders))
    ]


@functools.lru_cache(maxsize=None)
def read(name: str) -> str:
    """Return the text of a file named relative to the root."""
    return (ROOT / name).read_text(encoding="utf-8")


def read_yaml(name: str) -> object:
    """Return the content of a YAML file."""
    return yaml.safe_load(read(name))


def parse(name: str) -> ast.Module:
    """Return the syntax tree of a Python file, with its relative imports as absolute ones."""
    tree = ast.parse(read(name), filename=name)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            package = [*PACKAGE.split("."), *pathlib.PurePath(name).parts[: -node.level]]
            node.module, node.level = ".".join(filter(None, [*package, node.module])), 0
    return tree


def modules() -> list[str]:
    """Return the names of the collection's modules that run as modules."""
    names = {pathlib.PurePath(name).stem for name in tracked_under("plugins/modules") if "__init__" not in name}
    return sorted(names - set(action_plugins()))


def action_plugins() -> list[str]:
    """Return the names of the collection's action plugins; a module of the same name documents each."""
    return sorted(pathlib.PurePath(name).stem for name in tracked_under("plugins/action"))


def filters() -> list[str]:
    """Return the names of the collection's filters."""
    return sorted(pathlib.PurePath(name).stem for name in tracked_under("plugins/filter", suffix=".yml"))


def playbooks() -> list[str]:
    """Return the full names of the collection's playbooks."""
    paths = [pathlib.PurePath(name) for name in tracked_under("playbooks", suffix=".yml")]
    return sorted(f"flowlogs.aws.{path.stem}" for path in paths if str(path.parent) == "playbooks")


def inventory_plugins() -> list[str]:
    """Return the names of the collection's inventory plugins."""
    return sorted(pathlib.PurePath(name).stem for name in tracked_under("plugins/inventory"))


def roles() -> list[str]:
    """Return the names of the collection's roles."""
    return sorted({name.split("/")[1] for name in tracked_files() if name.startswith("roles/")})


def for_each(names: Iterable[str]) -> Callable[[Callable[[str], None]], Callable[[], None]]:
    """Turn a check of one name into one test that checks all names and lists each failure with its reason.

    Names are those of files, modules, roles and so on. Without any name the test fails.
    """
    names = tuple(names)

    def as_one_test(check: Callable[[str], None]) -> Callable[[], None]:
        @functools.wraps(check)
        def test() -> None:
            failed = {name: reason for name in names if (reason := reason_to_fail(check, name))}
            if failed or not names:
                lines = [f"{len(failed)} of {len(names)} fail:", *(f"{name}: {why}" for name, why in failed.items())]
                pytest.fail("\n".join(lines), pytrace=False)

        # pytest treats the parameters of a wrapped function as fixtures.
        test.__signature__ = inspect.Signature()
        return test

    return as_one_test


def reason_to_fail(check: Callable[[str], None], name: str) -> str:
    """Return why a check of a name fails, or "" if it passes."""
    try:
        check(name)
    except Exception as error:  # As in a single test, every exception is a failure.
        return f"{type(error).__name__}: {error}"
    return ""
