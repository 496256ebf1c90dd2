# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters return the results of the core, and raise filter errors for wrong input."""

from __future__ import annotations

import pathlib

import pytest
import yaml
from ansible.errors import AnsibleFilterError

from ansible_collections.flowlogs.aws.plugins.filter import flow_logs
from ansible_collections.flowlogs.aws.plugins.filter.flow_logs import FilterModule

FILTERS = FilterModule().filters()
FOLDER = pathlib.Path(flow_logs.__file__).parent


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("flow_log_permissions_policies", ("everything",)),
        ("flow_log_permissions_policies", ("reading", "robot")),
        ("flow_log_resource_ids", ([{}],)),
    ],
)
def test_wrong_input_is_an_error_with_the_name_of_the_filter(name: str, arguments: tuple) -> None:
    with pytest.raises(AnsibleFilterError, match=f"{name}: .*is not accepted. Allowed: "):
        FILTERS[name](*arguments)


def test_policies_and_ids() -> None:
    (managed,) = FILTERS["flow_log_permissions_policies"]("log_delivery")
    assert managed["Version"] == "2012-10-17"
    (scoped,) = FILTERS["flow_log_permissions_policies"](["delete"], attached="user", account_id="111122223333")
    assert "arn:aws:ec2:*:111122223333:vpc-flow-log/*" in scoped["Statement"][0]["Resource"]
    assert FILTERS["flow_log_resource_ids"]([{"vpc_id": "vpc-1"}, "subnet-1"]) == ["vpc-1", "subnet-1"]


@pytest.mark.parametrize(
    ("region", "partition"),
    [(None, "aws"), ("", "aws"), ("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")],
)
def test_the_partition_of_a_region(region: str | None, partition: str) -> None:
    assert FILTERS["flow_log_partition"](region) == partition


def test_misspelt_variables_of_a_role_are_returned_and_shown(capfd: pytest.CaptureFixture[str]) -> None:
    names = ["publish_to_s3_tag", "publish_to_s3_tags", "publish_to_s3_colour", "flow_log_tag"]
    notes = FILTERS["flow_log_misspelt"](names, "publish_to_s3_")
    assert notes == ["publish_to_s3_tag has no effect. Did you mean publish_to_s3_tags?"]
    assert " ".join(notes[0].split()) in " ".join(capfd.readouterr().err.split())
    assert FILTERS["flow_log_misspelt"](["publish_to_s3_tags"], "publish_to_s3_") == []


def test_every_filter_is_documented() -> None:
    documented = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.yml")}
    assert documented.keys() == FILTERS.keys()
    for name, page in documented.items():
        assert page["DOCUMENTATION"]["name"] == name
        assert f"flowlogs.aws.{name}" in page["EXAMPLES"]
