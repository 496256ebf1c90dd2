# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The demo runs to the end, and leaves no process behind, even if interrupted."""

from __future__ import annotations

import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

# Timeout of a run, in seconds.
SECONDS = 600


@pytest.fixture(name="checkout")
def copy_of_the_checkout_in_a_folder_with_blanks(tmp_path: pathlib.Path, root: pathlib.Path) -> pathlib.Path:
    """A copy of the checkout with everything that the demo uses; Python finds the collection itself."""
    copy = tmp_path / "a folder with blanks"
    for name in ("demo", "tests/simulator", "tools"):
        shutil.copytree(root / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "tests" / "__init__.py", copy / "tests")
    return copy


@pytest.fixture(name="demo")
def running_demo(checkout: pathlib.Path) -> Iterator[subprocess.Popen[str]]:
    """The demo, started."""
    command = [sys.executable, "demo/demo.py"]
    with subprocess.Popen(command, cwd=checkout, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as demo:
        try:
            yield demo
        finally:
            demo.kill()


def is_served(url: str) -> bool:
    """Return whether a server listens at the address."""
    host, port = url.removeprefix("http://").split(":")
    with socket.socket() as client:
        return client.connect_ex((host, int(port))) == 0


def url_in(text: str) -> str:
    """Return the address of the simulated AWS in the demo's output."""
    return re.search(r"http://127\.0\.0\.1:\d+", text)[0]


def test_demo_shows_every_chapter(demo: subprocess.Popen[str], checkout: pathlib.Path) -> None:
    output, _errors = demo.communicate(timeout=SECONDS)
    assert demo.returncode == 0, output
    assert "FALSE" not in output
    chapters = re.findall(r"^\d\. ([\w ]+)", output, re.MULTILINE)
    assert chapters == [
        "Starting point",
        "Publish",
        "Publish again",
        "Break things",
        "Drift report",
        "Repair",
        "Drift report again",
    ]
    assert "ok   nothing changes: no write call" in output
    assert output.count("ok   the report changes nothing: no write call") == 2
    assert "verdict=drift" in output
    assert "; targets=16 logged=12 deliverable=0 targets_unknown=2" in output
    assert "; targets=16 logged=16 deliverable=16 targets_unknown=0" in output
    assert "verdict=in_sync" in output
    for name in re.findall(r"\.dev/demo/[\w./-]+\w", output):
        assert (checkout / name).exists(), name
    assert not is_served(url_in(output))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_demo_leaves_nothing_behind(demo: subprocess.Popen[str], number: int, code: int) -> None:
    lines = []
    for line in demo.stdout:
        lines.append(line)
        if line.startswith("2. Publish"):
            break
    url = url_in("".join(lines))
    assert is_served(url)
    demo.send_signal(number)
    output, _errors = demo.communicate(timeout=SECONDS)
    assert demo.returncode == code, output
    assert "Traceback" not in output
    assert not is_served(url)
