# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page with all variables is up to date, complete, and has examples that work."""

from __future__ import annotations

import pathlib

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.flowlogs.aws.plugins.plugin_utils._discovery.targets import FACTS
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import HostVariables
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import OPTION_DEFAULTS
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import VARIABLES
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import read_target
from tests.unit.meta.project import for_each
from tests.unit.meta.project import read
from tools import variables

PAGE = "docs/docsite/rst/reference_variables.rst"
NAMES = variables.names_on_the_page()
TARGET = {
    f"flow_log_{name}": variables.EXAMPLES[name] for name in ("resource_id", "account_id", "region", "destination")
}


def test_the_page_is_up_to_date() -> None:
    assert variables.main(["--check"]) == 0
    assert read(PAGE) == variables.page()


def test_a_page_that_is_not_up_to_date_is_found(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stale = tmp_path / "page.rst"
    stale.write_text(read(PAGE).replace("``flow_log_tags``", ""), encoding="utf-8")
    monkeypatch.setattr(variables, "PAGE", stale)
    monkeypatch.setattr(variables, "ROOT", tmp_path)
    monkeypatch.setattr(variables, "page", lambda: read(PAGE))
    assert variables.main(["--check"]) == 1
    assert "make variables" in capsys.readouterr().err
    assert (variables.main(["--write"]), variables.main(["--check"])) == (0, 0)


def test_every_variable_that_the_code_reads_is_on_the_page_once() -> None:
    assert sorted(variables.variables_read()) == sorted(NAMES)
    assert [name for name in NAMES if f"``{name}``" not in read(PAGE)] == []


def test_the_playbooks_read_variables_of_a_run() -> None:
    """So the search for them finds something, and nothing that the playbooks set themselves."""
    found = variables.playbook_variables()
    assert {"flow_log_hosts", "flow_log_retire", "flow_log_inventory_gaps"} <= found
    assert found & {"flow_log_sum", "flow_log_planned", "flow_log_result", "flow_log_own_failures"} == set()


@for_each(sorted({*VARIABLES} - {*TARGET}))
def test_a_target_accepts_the_example(name: str) -> None:
    bare = variables.bare_name(name)
    needed = {
        "create_bucket": {"flow_log_bucket_region": "eu-west-1"},
        "tag_field_specifications": {"flow_log_log_format": ["instance-tag"]},
    }
    given = {**TARGET, **needed.get(bare, {}), name: variables.EXAMPLES[bare]}
    assert read_target(HostVariables("host", given)).resource_id == variables.EXAMPLES["resource_id"]


@for_each(sorted(variables.role_options()))
def test_the_role_accepts_the_example(name: str) -> None:
    value = variables.EXAMPLES[variables.bare_name(name)]
    if not str(value).startswith("{{"):
        option = {**variables.role_options()[name], "required": False}
        assert ArgumentSpecValidator({name: option}).validate({name: value}).error_messages == []


@for_each(NAMES)
def test_an_example_is_not_the_default(name: str) -> None:
    assert variables.as_yaml(variables.EXAMPLES[variables.bare_name(name)]) != variables.spec_of(name).default


def test_inventory_and_role_have_the_same_defaults() -> None:
    role = {name: option.get("default") for name, option in variables.role_options().items()}
    assert {name: role[f"publish_to_s3_{name}"] for name in OPTION_DEFAULTS} == OPTION_DEFAULTS


def test_nothing_is_described_that_is_not_on_the_page() -> None:
    bare = set(map(variables.bare_name, NAMES))
    assert (set(variables.EXAMPLES) - bare, bare - set(variables.EXAMPLES)) == (set(), set())
    assert set(variables.OWN) - {variables.bare_name(name) for name in (*NAMES, *FACTS)} == set()
