# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests about the project itself look at: its files."""

from __future__ import annotations

import ast
import functools
import pathlib
import subprocess

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


def read(name: str) -> str:
    """Return the text of a file named relative to the root."""
    return (ROOT / name).read_text(encoding="utf-8")


def read_yaml(name: str) -> object:
    """Return what a YAML file holds."""
    return yaml.safe_load(read(name))


def parse(name: str) -> ast.Module:
    """Return the syntax tree of a Python file."""
    return ast.parse(read(name), filename=name)


def modules() -> list[str]:
    """Return the names of the collection's modules."""
    return sorted(pathlib.PurePath(name).stem for name in tracked_under("plugins/modules") if "__init__" not in name)


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
