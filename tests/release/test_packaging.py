# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is handed out: the archive holds what users need and nothing else, and a release writes its notes."""

from __future__ import annotations

import os
import pathlib
import posixpath
import re
import subprocess
import sys
import tarfile

import pytest
import yaml

from tests.unit.meta.project import modules
from tests.unit.meta.project import read_yaml
from tests.unit.meta.project import tracked_under
from tools import dev

FOLDERS = {"changelogs", "docs", "extensions", "meta", "playbooks", "plugins", "roles"}
PAPERS = {
    *("ARCHITECTURE.md", "CHANGELOG.md", "CODE_OF_CONDUCT.md", "CONTRIBUTING.md"),
    *("LICENSE", "MAINTAINERS", "README.md", "SECURITY.md"),
}
# What ansible-galaxy writes; without them nothing can be installed.
LISTS = {"FILES.json", "MANIFEST.json"}
# The licenses in the form that REUSE wants.
MAY_BE_THERE = {"LICENSES", "REUSE.toml"}
SUFFIXES = {"", ".css", ".j2", ".js", ".json", ".md", ".png", ".py", ".rst", ".svg", ".toml", ".txt", ".yaml", ".yml"}
# In November 2026 it had a quarter of that.
LIMIT_BYTES = 1_000_000


@pytest.fixture(name="archive", scope="module")
def archive_of_the_collection(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The archive, as `make build` makes it."""
    folder = tmp_path_factory.mktemp("archive")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dev, "DEV", folder)
        patch.setattr(dev, "BUILD", folder / "build")
        dev.build()
    (archive,) = (folder / "build").iterdir()
    return archive


@pytest.fixture(name="files", scope="module")
def files_of_the_archive(archive: pathlib.Path) -> dict[str, str]:
    """The text of each file of the archive by its path."""
    with tarfile.open(archive) as opened:
        members = [member for member in opened.getmembers() if member.isfile()]
        return {member.name: opened.extractfile(member).read().decode(errors="replace") for member in members}


def test_archive_holds_what_users_need_and_nothing_of_the_workshop(files: dict[str, str]) -> None:
    top = {name.partition("/")[0] for name in files}
    assert FOLDERS | PAPERS | LISTS <= top <= FOLDERS | PAPERS | LISTS | MAY_BE_THERE
    assert {pathlib.PurePath(name).suffix for name in files} <= SUFFIXES
    # What a release will say is said in the release notes by then.
    assert not any(name.startswith("changelogs/fragments/") for name in files)


def test_archive_holds_every_plugin_role_and_playbook(files: dict[str, str], root: pathlib.Path) -> None:
    command = ["git", "ls-files", "-z", "plugins", "roles", "playbooks", "meta"]
    listing = subprocess.run(command, cwd=root, check=True, stdout=subprocess.PIPE).stdout.decode()
    assert {name for name in listing.split("\0") if name and (root / name).is_file()} <= files.keys()


def test_archive_is_small(archive: pathlib.Path) -> None:
    assert archive.stat().st_size < LIMIT_BYTES


def test_what_papers_of_the_archive_link_to_is_in_it(files: dict[str, str]) -> None:
    links = {
        (name, posixpath.normpath(posixpath.join(posixpath.dirname(name), target)))
        for name, text in files.items()
        if name.endswith(".md")
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", text)
    }
    assert ("README.md", "CONTRIBUTING.md") in links
    assert [link for link in sorted(links) if link[1] not in files] == []


@pytest.fixture(name="released")
def copy_in_which_a_release_is_made(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """A copy of the checkout after `antsibull-changelog release`."""
    monkeypatch.setattr(dev, "DEV", tmp_path)
    copy = dev.tree()
    command = [pathlib.Path(sys.executable).with_name("antsibull-changelog"), "release"]
    # Beside the copy lies amazon.aws, from which modules have some of their documentation.
    monkeypatch.setenv("ANSIBLE_COLLECTIONS_PATH", str(copy.parents[2]))
    # It looks for ansible-doc on the path.
    monkeypatch.setenv("PATH", f"{command[0].parent}{os.pathsep}{os.environ['PATH']}")
    subprocess.run(command, cwd=copy, check=True)
    return copy


def test_release_turns_the_fragments_into_notes(released: pathlib.Path, root: pathlib.Path) -> None:
    version = yaml.safe_load((root / "galaxy.yml").read_text("utf-8"))["version"]
    notes = (released / "CHANGELOG.md").read_text("utf-8").replace("\\", "")
    assert f"## v{version}" in notes
    for module in modules():
        assert f"flowlogs.aws.{module} - " in notes
    record = yaml.safe_load((released / "changelogs" / "changelog.yaml").read_text("utf-8"))
    taken = record["releases"][version]["changes"]
    for name in tracked_under("changelogs/fragments", suffix=".yml"):
        for part, entries in read_yaml(name).items():
            assert entries == taken[part] or set(entries) <= set(taken[part]), name
    assert list((released / "changelogs" / "fragments").glob("*.yml")) == []
