# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of a run is stored in Ansible's temporary folder."""

from __future__ import annotations

import pathlib

import pytest
from ansible import constants
from ansible.errors import AnsibleActionFail

from ansible_collections.flowlogs.aws.plugins.plugin_utils._action import run_file
from ansible_collections.flowlogs.aws.plugins.plugin_utils._stages.run import Run


@pytest.fixture(name="folder", autouse=True)
def _folder(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """The temporary folder of a run."""
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path))
    return tmp_path


def test_stores_a_run_until_the_next_plan(folder: pathlib.Path) -> None:
    first = Run({"notes": ["Zürich 🌍"]}, is_report=True)
    first.results["batches"] = {"a": {"changed": True}}
    run_file.save(first)
    assert run_file.load() == first
    run_file.save(Run({"notes": []}))
    assert run_file.load() == Run({"notes": []})
    assert len(list(folder.iterdir())) == 1


def test_load_fails_before_a_plan() -> None:
    with pytest.raises(AnsibleActionFail, match="flow_log_run must run with stage: plan first"):
        run_file.load()
