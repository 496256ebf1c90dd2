# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""tools/dev.py sets up a checkout once, or says what to do."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
from collections.abc import Callable

import pytest

from tools import dev


@pytest.fixture(name="checkout")
def checkout_that_is_set_up(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """A checkout that is set up, in a folder with a blank; any installation fails the test."""
    root = tmp_path / "a checkout"
    (root / "requirements").mkdir(parents=True)
    for kind in ("demo", "dev"):
        (root / "requirements" / f"{kind}.txt").write_text("ansible-core==1\n", encoding="utf-8")
    venv = root / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to(sys.executable)
    version = f"{sys.version_info[0]}.{sys.version_info[1]}.0"
    (venv / "pyvenv.cfg").write_text(f"home = /usr/bin\nversion = {version}\n", encoding="utf-8")
    paths = {"ROOT": root, "VENV": venv, "STAMP": venv / "stamp.json", "PYTHON": venv / "bin" / "python"}
    for name, path in paths.items():
        monkeypatch.setattr(dev, name, path)
    (venv / "stamp.json").write_text(json.dumps({"at": str(root), "dev": dev.fingerprint("dev")}), encoding="utf-8")
    return root


@pytest.fixture(name="steps")
def steps_of_an_installation(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Records the steps of an installation instead of running them."""
    steps: list[str] = []
    for name in ("make_venv", "install_packages", "install_amazon_aws", "link_checkout"):
        monkeypatch.setattr(dev, name, lambda *arguments, step=name: steps.append(step))
    monkeypatch.setattr(dev, "install_browser", lambda: None)
    return steps


def test_setup_does_nothing_when_nothing_changed(checkout: pathlib.Path, steps: list[str]) -> None:
    dev.setup("dev")
    assert steps == []


def test_setup_installs_again_when_a_pin_changed(checkout: pathlib.Path, steps: list[str]) -> None:
    (checkout / "requirements" / "dev.txt").write_text("ansible-core==2\n", encoding="utf-8")
    dev.setup("dev")
    assert steps == ["make_venv", "install_packages", "install_amazon_aws", "link_checkout"]
    dev.setup("dev")
    assert len(steps) == 4


def test_setup_for_the_demo_keeps_what_the_tests_need(checkout: pathlib.Path, steps: list[str]) -> None:
    dev.setup("demo")
    assert steps
    del steps[:]
    dev.setup("dev")
    assert steps == []


@pytest.mark.parametrize("change", ["moved", "other python"])
def test_setup_recreates_an_incompatible_venv(
    checkout: pathlib.Path, steps: list[str], monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    if change == "moved":
        dev.STAMP.write_text(json.dumps({"at": "/elsewhere", "dev": dev.fingerprint("dev")}), encoding="utf-8")
    else:
        (dev.VENV / "pyvenv.cfg").write_text("version = 3.9.1\n", encoding="utf-8")

    def remake(*arguments: object) -> None:
        assert not dev.VENV.exists()
        dev.VENV.mkdir()

    monkeypatch.setattr(dev, "make_venv", remake)
    dev.setup("dev")
    assert steps == ["install_packages", "install_amazon_aws", "link_checkout"]


def test_without_root_it_prints_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "privilege", lambda: None)
    with pytest.raises(dev.Trouble, match=r"sudo apt-get install -y .*python3\.\d+-venv"):
        dev.install_venv_support()


def test_without_root_it_prints_the_command_for_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev.shutil, "which", lambda name: None if name == "chromium" else f"/usr/bin/{name}")
    monkeypatch.setattr(dev, "privilege", lambda: None)
    with pytest.raises(dev.Trouble, match="sudo apt-get install -y --no-install-recommends chromium"):
        dev.install_browser()


def test_without_apt_it_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev.shutil, "which", lambda name: None)
    with pytest.raises(dev.Trouble, match="Install the Debian package chromium"):
        dev.install_browser()


@pytest.mark.parametrize(("fails_first", "calls"), [(False, ["install"]), (True, ["install", "update", "install"])])
def test_missing_browser_is_installed(monkeypatch: pytest.MonkeyPatch, fails_first: bool, calls: list[str]) -> None:
    """The first attempt may fail without current package lists; a second browser is never installed."""
    called: list[list[str]] = []

    def note(words: list[str], **_options: object) -> subprocess.CompletedProcess:
        called.append(words)
        return subprocess.CompletedProcess(words, 100 if fails_first and len(called) == 1 else 0)

    monkeypatch.setattr(dev.shutil, "which", lambda name: None if name == "chromium" else f"/usr/bin/{name}")
    monkeypatch.setattr(dev, "privilege", lambda: ["sudo", "-n"])
    monkeypatch.setattr(dev.subprocess, "run", note)
    dev.install_browser()
    assert [words[3] for words in called] == calls
    assert all(words[:3] == ["sudo", "-n", "apt-get"] for words in called)
    assert called[-1][-1] == "chromium"
    monkeypatch.setattr(dev.shutil, "which", lambda name: f"/usr/bin/{name}")
    dev.install_browser()
    assert len(called) == len(calls)


def test_only_the_tests_need_the_browser(
    checkout: pathlib.Path, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "install_browser", lambda: steps.append("install_browser"))
    dev.setup("demo")
    assert "install_browser" not in steps
    dev.setup("dev")
    assert steps[-1] == "install_browser"


def test_tree_has_the_tracked_files_and_amazon_aws(
    root: pathlib.Path, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "DEV", tmp_path)
    tree = dev.tree()
    assert tree.parts[-3:] == ("ansible_collections", "flowlogs", "aws")
    assert (tree / "galaxy.yml").read_bytes() == (root / "galaxy.yml").read_bytes()
    assert os.access(tree / ".ci" / "run", os.X_OK)
    assert not (tree / ".venv").exists()
    assert (tree.parents[1] / "amazon" / "aws" / "MANIFEST.json").is_file()


def test_tree_leaves_out_untracked_files(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "checkout"
    root.mkdir()
    for name in ("tracked.py", "deleted.py", "stray.py", "notes"):
        (root / name).write_text("", encoding="utf-8")
    for arguments in (["init", "--quiet"], ["add", "tracked.py", "deleted.py"]):
        subprocess.run(["git", *arguments], cwd=root, check=True)
    (root / "deleted.py").unlink()
    monkeypatch.setattr(dev, "ROOT", root)
    monkeypatch.setattr(dev, "DEV", tmp_path / "dev")
    assert {path.name for path in dev.tree().iterdir()} == {".git", "tracked.py"}


def test_ansible_test_gets_the_untracked_file_with_keys(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / dev.CLOUD_CONFIG.name).write_text("[default]\n", encoding="utf-8")
    tool = tmp_path / "ansible-test"
    tool.write_text(f"#!/bin/sh\nexec test -f tests/integration/{dev.CLOUD_CONFIG.name}\n", encoding="utf-8")
    tool.chmod(0o755)
    monkeypatch.setattr(dev, "DEV", tmp_path / "dev")
    monkeypatch.setattr(dev, "BIN", tmp_path)
    monkeypatch.setattr(dev, "CLOUD_CONFIG", tmp_path / dev.CLOUD_CONFIG.name)
    dev.ansible_test("integration")
    dev.CLOUD_CONFIG.unlink()
    with pytest.raises(dev.Trouble):
        dev.ansible_test("integration")


@pytest.mark.parametrize("job", [lambda _folder: dev.doclint(), lambda folder: dev.docs(str(folder))])
def test_documentation_tools_do_not_use_the_home_of_the_caller(
    job: Callable[[pathlib.Path], None], tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """antsibull-docs writes a log there, and fails without a home folder."""
    tool = tmp_path / "antsibull-docs"
    tool.write_text('#!/bin/sh\nexec test "$HOME" = "$EXPECTED"\n', encoding="utf-8")
    tool.chmod(0o755)
    (tmp_path / "sphinx-build").symlink_to(tool)
    monkeypatch.setattr(dev, "DEV", tmp_path / "dev")
    monkeypatch.setattr(dev, "BIN", tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "nowhere"))
    monkeypatch.setenv("EXPECTED", str(tmp_path / "dev" / "home"))
    job(tmp_path / "site")


@pytest.mark.parametrize("arguments", [[], ["nonsense"]])
def test_help_lists_every_command(root: pathlib.Path, arguments: list[str]) -> None:
    command = [sys.executable, root / "tools" / "dev.py", *arguments]
    done = subprocess.run(command, check=False, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1
    assert "Usage: python3 tools/dev.py" in done.stderr


def test_a_failing_tool_is_named(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "DEV", tmp_path)
    monkeypatch.setattr(sys, "argv", ["tools/dev.py", "ansible-test", "--nonsense"])
    with pytest.raises(SystemExit, match="tools/dev.py: failed with exit code 2: .*ansible-test --nonsense"):
        dev.main()


@pytest.mark.parametrize(
    ("said", "complaints"),
    [
        ("Importing\nWARNING: no\nImporter processing completed successfully", ["WARNING: no"]),
        ("ERROR: no\nImporter processing completed successfully", ["ERROR: no"]),
        ("Importing\nInvalid", ["Importing", "Invalid"]),
        ("Loading module_utils _core.errors\nImporter processing completed successfully", []),
    ],
)
def test_warnings_and_errors_of_the_importer_are_found(said: str, complaints: list[str]) -> None:
    assert dev.importer_complaints(said) == complaints


def test_setup_for_the_benchmark_installs_separately_and_once(
    checkout: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (checkout / "requirements" / "bench.txt").write_text("awscli==1\n", encoding="utf-8")
    monkeypatch.setattr(dev, "BENCH_VENV", checkout / "bench-venv")
    commands: list[list[str]] = []

    def note(*command: object, **options: object) -> None:
        commands.append([str(word) for word in command])
        dev.BENCH_VENV.mkdir(exist_ok=True)

    monkeypatch.setattr(dev, "run", note)
    dev.setup_bench()
    made, installed = commands
    assert made[1:] == ["-m", "venv", str(dev.BENCH_VENV)]
    assert installed[0] == str(dev.BENCH_VENV / "bin" / "python")
    assert installed[-1] == str(checkout / "requirements" / "bench.txt")
    dev.setup_bench()
    assert len(commands) == 2
