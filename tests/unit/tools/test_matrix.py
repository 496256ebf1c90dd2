# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""tools/matrix.py covers the supported versions, and lists the cells that it cannot run."""

from __future__ import annotations

import re

import pytest

from tests.unit.meta.project import read
from tests.unit.meta.project import read_yaml
from tools import dev
from tools import matrix


def test_cells_include_the_oldest_supported_versions() -> None:
    core = read_yaml("meta/runtime.yml")["requires_ansible"].removeprefix(">=").removesuffix(".0")
    assert any(cell.core.startswith(f"{core}.") for cell in matrix.CELLS)
    assert read_yaml("galaxy.yml")["dependencies"]["amazon.aws"].removeprefix(">=") in {
        cell.amazon_aws for cell in matrix.CELLS
    }
    sdk = set(re.findall(r"^(?:boto3|botocore)>=(.+)$", read("meta/ee-requirements.txt"), re.MULTILINE))
    assert len(sdk) == 1 and sdk <= {cell.boto3 for cell in matrix.CELLS}
    python = read_yaml("tests/config.yml")["modules"]["python_requires"].removeprefix(">=")
    assert python in {cell.modules for cell in matrix.CELLS}


def test_cells_include_the_versions_of_the_other_tests() -> None:
    newest = matrix.CELLS[-1]
    assert newest.amazon_aws == dev.AMAZON_AWS_VERSION
    assert matrix.DATA["carriers"][newest.amazon_aws] == dev.ANSIBLE_PACKAGE
    pins = read("requirements/dev.txt").splitlines()
    assert f"boto3=={newest.boto3}" in pins
    assert any(line.startswith(f"ansible-core=={newest.core} ") for line in pins)


def test_cells_have_unique_names() -> None:
    assert len({cell.name for cell in matrix.CELLS}) == len(matrix.CELLS)


def test_an_unknown_cell_is_refused_and_the_others_are_named() -> None:
    with pytest.raises(dev.Trouble, match="no such cell: newst; there are oldest, .*newest"):
        matrix.chosen(["newest", "newst"])


def test_cell_without_its_python_is_listed_and_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix, "find_python", lambda version: None)
    cell = matrix.Cell("some", "2.19.14", "3.12", "11.4.0", "1.44.5", modules="3.10")
    assert matrix.outcome(cell) == "not run: there is no Python 3.12 and no Python 3.10 here"


@pytest.mark.parametrize(("passes", "code", "words"), [(True, 0, "passed"), (False, 1, "FAILED")])
def test_result_of_each_cell_is_printed_at_the_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], passes: bool, code: int, words: str
) -> None:
    monkeypatch.setattr(matrix.dev, "setup", lambda kind: None)
    monkeypatch.setattr(matrix, "missing_pythons", lambda cell: [])
    monkeypatch.setattr(matrix, "run_cell", lambda cell: passes)
    assert matrix.main(["newest"]) == code
    assert "modules on Python" not in capsys.readouterr().out.splitlines()[-1]
    assert matrix.main(["oldest-modules"]) == code
    assert re.search(rf"boto3 1\.35\.0, modules on Python 3\.9: {words} in \d+ s$", capsys.readouterr().out)


@pytest.mark.parametrize("subject", ["quiet_output", "templates_in_connection_options", "host_names_and_strategies"])
def test_each_cell_runs_playbooks_that_depend_on_the_ansible_version(subject: str) -> None:
    assert [name for name in matrix.TESTS if name.startswith(f"tests/integration/test_{subject}.py")]


def test_the_tests_that_each_cell_runs_exist() -> None:
    for name in [*matrix.TESTS, matrix.IGNORED]:
        path, _colons, test = name.partition("::")
        assert (dev.ROOT / path).exists()
        assert f"def {test}(" in read(path) if test else True
