# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-builder accepts the definition and the archive, and finds the requirements of the modules.

Without a container engine: the test creates the build context, and runs the steps of the image build.
"""

from __future__ import annotations

import pathlib
import shutil
import subprocess
import sys
import tarfile
from typing import Any

import pytest
import yaml

import ansible_collections.amazon.aws as amazon_aws
from tests.integration.support.ansible_run import ROOT

DEFINITION = ROOT / "extensions" / "execution-environment" / "execution-environment.yml"
VERSION = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]
ARCHIVE = f"flowlogs-aws-{VERSION}.tar.gz"


def run(folder: pathlib.Path, program: str, *arguments: Any) -> str:
    """Run a tool in a folder, and return its output."""
    command = [pathlib.Path(sys.executable).with_name(program), *map(str, arguments)]
    return subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout


@pytest.fixture(name="archive", scope="module")
def _archive(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The archive of the collection, built from the tracked files."""
    sources, built = tmp_path_factory.mktemp("sources"), tmp_path_factory.mktemp("built")
    command = ["git", "ls-files", "-z"]
    names = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.split("\0")
    for name in filter(lambda name: name and (ROOT / name).is_file(), names):
        (sources / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, sources / name)
    run(sources, "ansible-galaxy", "collection", "build", "--output-path", built)
    return built / ARCHIVE


@pytest.fixture(name="context", scope="module")
def _context(archive: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The build context, created as in the guide."""
    folder = tmp_path_factory.mktemp("environment")
    for file in (archive, DEFINITION):
        shutil.copy2(file, folder)
    run(folder, "ansible-builder", "create", "--context", "context")
    return folder / "context"


def test_the_archive_holds_what_an_image_needs_and_nothing_for_developers(archive: pathlib.Path) -> None:
    with tarfile.open(archive) as packed:
        names = set(packed.getnames())
    assert {"meta/execution-environment.yml", "meta/ee-requirements.txt", "meta/ee-bindep.txt"} <= names
    assert {"requirements.txt", "bindep.txt", "tests", "requirements"} & names == set()
    assert [name for name in names if name.startswith(("tests/", ".", "tools/"))] == []


def test_the_context_has_the_archive_of_this_version_and_names_no_place_to_get_an_image(context: pathlib.Path) -> None:
    files = {str(path.relative_to(context)) for path in context.rglob("*") if path.is_file()}
    assert f"_build/archives/{ARCHIVE}" in files
    assert [name for name in files if "tests" in name or pathlib.PurePath(name).name == "requirements.txt"] == []
    (recipe,) = [context / name for name in files if "/" not in name]
    assert recipe.read_text(encoding="utf-8").startswith('ARG EE_BASE_IMAGE="flow-logs-base:latest"\n')


def test_what_the_image_gets_is_what_the_modules_need(context: pathlib.Path, tmp_path: pathlib.Path) -> None:
    """Install the collections like the build, from the requirements in the context, and read their requirements."""
    wanted = yaml.safe_load((context / "_build" / "requirements.yml").read_text(encoding="utf-8"))["collections"]
    (file,) = [one["name"] for one in wanted if one.get("type") == "file"]
    run(context / "_build", "ansible-galaxy", "collection", "install", "--force", "--no-deps", file, "-p", tmp_path)
    other = tmp_path / "ansible_collections" / "amazon" / "aws"
    other.parent.mkdir()
    other.symlink_to(pathlib.Path(next(iter(amazon_aws.__path__))), target_is_directory=True)

    excluded = context / "_build" / "exclude-collections.txt"
    written = {name: tmp_path / f"{name}.txt" for name in ("pip", "bindep")}
    options = [word for name, path in written.items() for word in (f"--write-{name}", path)]
    run(tmp_path, "ansible-builder", "introspect", tmp_path, "--exclude-collection-reqs", excluded, *options)
    lines = written["pip"].read_text(encoding="utf-8").splitlines()
    assert [line.split("#")[0].strip() for line in lines if line.strip()] == ["boto3>=1.35.0", "botocore>=1.35.0"]
    assert all("flowlogs.aws" in line for line in lines if line.strip())
    assert not written["bindep"].exists() or "openssl" not in written["bindep"].read_text(encoding="utf-8")
