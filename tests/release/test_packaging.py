# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The archive has the files that users need and no others, and a release writes its notes."""

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
# Written by ansible-galaxy; required to install the collection.
LISTS = {"FILES.json", "MANIFEST.json"}
# The licenses in the form of REUSE.
MAY_BE_THERE = {"LICENSES", "REUSE.toml"}
SUFFIXES = {"", ".css", ".j2", ".js", ".json", ".md", ".png", ".py", ".rst", ".svg", ".toml", ".txt", ".yaml", ".yml"}
# In November 2026 it had a quarter of this size.
LIMIT_BYTES = 1_000_000


@pytest.fixture(name="archive", scope="module")
def archive_of_the_collection(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The archive, built like `make build`."""
    folder = tmp_path_factory.mktemp("archive")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dev, "DEV", folder)
        patch.setattr(dev, "BUILD", folder / "build")
        dev.build()
    (archive,) = (folder / "build").iterdir()
    return archive


@pytest.fixture(name="files", scope="module")
def files_of_the_archive(archive: pathlib.Path) -> dict[str, str]:
    """Return the text of each file in the archive, by path."""
    with tarfile.open(archive) as opened:
        members = [member for member in opened.getmembers() if member.isfile()]
        return {member.name: opened.extractfile(member).read().decode(errors="replace") for member in members}


def test_archive_has_files_for_users_and_none_for_developers(files: dict[str, str]) -> None:
    top = {name.partition("/")[0] for name in files}
    assert FOLDERS | PAPERS | LISTS <= top <= FOLDERS | PAPERS | LISTS | MAY_BE_THERE
    assert {pathlib.PurePath(name).suffix for name in files} <= SUFFIXES
    # At a release the fragments become release notes.
    assert not any(name.startswith("changelogs/fragments/") for name in files)


def test_archive_has_every_plugin_role_and_playbook(files: dict[str, str], root: pathlib.Path) -> None:
    command = ["git", "ls-files", "-z", "plugins", "roles", "playbooks", "meta"]
    listing = subprocess.run(command, cwd=root, check=True, stdout=subprocess.PIPE).stdout.decode()
    assert {name for name in listing.split("\0") if name and (root / name).is_file()} <= files.keys()


def test_archive_is_small(archive: pathlib.Path) -> None:
    assert archive.stat().st_size < LIMIT_BYTES


def test_links_of_documents_in_the_archive_exist(files: dict[str, str]) -> None:
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
    # amazon.aws is next to the copy, since it has some of the documentation fragments.
    monkeypatch.setenv("ANSIBLE_COLLECTIONS_PATH", str(copy.parents[2]))
    # It searches ansible-doc on the path.
    monkeypatch.setenv("PATH", f"{command[0].parent}{os.pathsep}{os.environ['PATH']}")
    subprocess.run(command, cwd=copy, check=True)
    return copy


def test_release_turns_fragments_into_notes(released: pathlib.Path, root: pathlib.Path) -> None:
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
