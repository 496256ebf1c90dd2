# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules for every tracked file: license header, no machine paths, tidy text."""

from __future__ import annotations

import pathlib
import re
import subprocess
import sys

import pytest

from tests.unit.meta.project import for_each
from tests.unit.meta.project import read
from tests.unit.meta.project import tracked_files
from tools import dev

# In two parts, so that license tools do not read it as a license of this file.
TAG = "SPDX-License-" + "Identifier:"
SPDX = f"{TAG} GPL-3.0-or-later"
PYTHON_HEADER = (
    "# Copyright: (c) 2026, flowlogs.aws contributors",
    "# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)",
    f"# {SPDX}",
)
# The license itself, files that a release writes, and file types without comments.
WITHOUT_HEADER = {"LICENSE", "LICENSES/GPL-3.0-or-later.txt", "CHANGELOG.md", "changelogs/changelog.yaml"}
WITHOUT_COMMENTS = {".csv", ".golden", ".json", ".png", ".sarif"}
BINARY = {".png"}

# Written so that they do not match themselves.
NAMES_A_MACHINE = re.compile(r"(?<![\w.])/(wor[k]|roo[t]|far[m])/|\.\./share[d]")
NAMES_AN_INDEX = re.compile(
    r"pyp[i]\.org|pythonhoste[d]|index-ur[l]|registry\.npmj[s]|deb\.debia[n]\.org|--find-link[s]"
)


def has_header(name: str, text: str) -> bool:
    """Return whether a file begins with its license, after at most a shebang and an encoding line."""
    lines = text.splitlines()[:8]
    if name.endswith(".py"):
        starts = [number for number in range(len(lines)) if tuple(lines[number : number + 3]) == PYTHON_HEADER]
        return bool(starts) and all(line.startswith("#") or not line for line in lines[: starts[0]])
    return any(SPDX in line for line in lines[:5])


def without_comments(name: str) -> bool:
    """Return whether a file type has no comments."""
    return name in WITHOUT_HEADER or pathlib.PurePath(name).suffix in WITHOUT_COMMENTS


TEXTS = [name for name in tracked_files() if pathlib.PurePath(name).suffix not in BINARY]


@for_each([name for name in TEXTS if not without_comments(name)])
def test_file_names_its_license(name: str) -> None:
    assert has_header(name, read(name))


@for_each(TEXTS)
def test_file_works_on_every_machine(name: str) -> None:
    text = read(name)
    assert not NAMES_A_MACHINE.search(text)
    assert not NAMES_AN_INDEX.search(text)


@for_each(TEXTS)
def test_file_is_tidy(name: str) -> None:
    text = read(name)
    assert "\r" not in text
    assert "\t" not in text or name == "Makefile"
    assert [line for line in text.splitlines() if line != line.rstrip()] == []
    assert text == "" or (text.endswith("\n") and not text.endswith("\n\n"))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.py", ""),
        ("a.py", f"# {SPDX}\n"),
        ("a.py", "x = 1\n" + "\n".join(PYTHON_HEADER)),
        ("a.yml", "a: 1\n" * 5 + "# " + SPDX),
        ("a.yml", f"# {TAG} MIT\n"),
    ],
)
def test_the_check_of_headers_refuses(name: str, text: str) -> None:
    assert not has_header(name, text)


def test_reuse_finds_license_and_copyright_of_every_file(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Check with the REUSE tool; the license is also where it expects it."""
    monkeypatch.setattr(dev, "DEV", tmp_path)
    command = [sys.executable, "-m", "reuse", "lint", "--lines"]
    done = subprocess.run(
        command, cwd=dev.tree(), check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert (done.returncode, done.stdout) == (0, "")
    assert read("LICENSES/GPL-3.0-or-later.txt") == read("LICENSE")


def test_the_check_of_headers_allows_headers_of_modules() -> None:
    assert has_header("a.py", "#!/usr/bin/python\n# -*- coding: utf-8 -*-\n\n" + "\n".join(PYTHON_HEADER))


@pytest.mark.parametrize("text", ["cd /{}/x", "'/{}/x'", " /{}/", "file:///{}/"])
@pytest.mark.parametrize("folder", ["work", "root"])
def test_the_check_for_machines_refuses(text: str, folder: str) -> None:
    assert NAMES_A_MACHINE.search(text.format(folder))


@pytest.mark.parametrize("text", ["docs/{}/x", "./{}/x", "{}/x", "/{}"])
def test_the_check_for_machines_allows(text: str) -> None:
    assert not NAMES_A_MACHINE.search(text.format("work"))


@pytest.mark.parametrize("text", ["https://pypi" + ".org/simple", "--index" + "-url=x", "files.python" + "hosted.org"])
def test_the_check_for_indexes_refuses(text: str) -> None:
    assert NAMES_AN_INDEX.search(text)
