# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters hand data to the core and back; in templates, as users have them."""

from __future__ import annotations

import json
import os
import pathlib
from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from jinja2 import StrictUndefined
from jinja2 import UndefinedError

from ansible_collections.flowlogs.aws.plugins.filter import flow_logs
from ansible_collections.flowlogs.aws.plugins.filter.flow_logs import FilterModule

FILTERS = FilterModule().filters()
FOLDER = pathlib.Path(flow_logs.__file__).parent
BATCH = "111122223333/eu-west-1/vpc/1-1"
VPC = {
    "inventory_hostname": "vpc-1",
    "group_names": ["prod"],
    "flow_log_account_id": "111122223333",
    "flow_log_region": "eu-west-1",
    "flow_log_destination": "central/network",
    "ansible_host": "not read",
}


class Lazy(Mapping):
    """Variables that are rendered when they are read, and fail then, as those of hostvars."""

    def __init__(self, variables: dict[str, Any]) -> None:
        self._variables = variables
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.read.add(name)
        if self._variables[name] == "{{ fails }}":
            raise RuntimeError("a secret that a lookup could tell")
        return self._variables[name]

    def __contains__(self, name: object) -> bool:
        return name in self._variables

    def __iter__(self) -> Iterator[str]:
        return iter(self._variables)

    def __len__(self) -> int:
        return len(self._variables)


def test_a_misspelt_variable_is_told_once_with_what_was_meant() -> None:
    slip = {"flow_log_trafic_type": "REJECT", "flow_log_colour": "red", "flow_log_batch": {}, "flow_log_bucket": {}}
    hosts = [{**VPC, **slip}, {**VPC, **slip, "inventory_hostname": "vpc-2"}]
    publication = FILTERS["flow_log_publication"](hosts)
    note = "flow_log_trafic_type of vpc-1 and 1 more has no effect. Did you mean flow_log_traffic_type?"
    assert publication["notes"] == [note]
    assert note in FILTERS["flow_log_overview"](publication)
    assert FILTERS["flow_log_publication"]([VPC])["notes"] == []


def test_hosts_are_named_or_given_as_dictionaries() -> None:
    named = FILTERS["flow_log_publication"](["vpc-1"], hostvars={"vpc-1": VPC})
    assert named == FILTERS["flow_log_publication"]([VPC])
    assert [batch["resource_ids"] for batch in named["batches"]] == [["vpc-1"]]
    assert [destination["bucket"] for destination in named["destinations"]] == ["central"]


def test_names_alone_are_refused() -> None:
    with pytest.raises(AnsibleFilterError, match="hostvars=hostvars"):
        FILTERS["flow_log_publication"](["vpc-1"])


def test_an_invalid_host_is_listed_with_the_reason_and_does_not_stop_the_others() -> None:
    bad = {**VPC, "inventory_hostname": "vpc-2", "flow_log_region": None}
    publication = FILTERS["flow_log_publication"]([bad, VPC])
    (invalid,) = publication["invalid"]
    assert (invalid["host"], invalid["variable"]) == ("vpc-2", "flow_log_region")
    assert invalid["message"].startswith("vpc-2: flow_log_region is missing")
    assert [batch["resource_ids"] for batch in publication["batches"]] == [["vpc-1"]]


def test_only_what_has_a_meaning_is_rendered_and_a_failure_is_that_of_the_host() -> None:
    good, bad = Lazy(VPC), Lazy({**VPC, "inventory_hostname": "vpc-2", "flow_log_aws": "{{ fails }}"})
    made = FILTERS["flow_log_publication"](["vpc-1", "vpc-2"], hostvars={"vpc-1": good, "vpc-2": bad})
    assert "ansible_host" not in good.read
    assert [item["host"] for item in made["targets"]] == ["vpc-1"]
    assert (made["invalid"][0]["host"], made["invalid"][0]["variable"]) == ("vpc-2", "flow_log_aws")
    assert "secret" not in json.dumps(made)


def test_a_state_for_all_overrides_that_of_hosts() -> None:
    publication = FILTERS["flow_log_publication"]([{**VPC, "flow_log_state": "present"}], state="absent")
    assert [batch["options"]["state"] for batch in publication["batches"]] == ["absent"]


def test_findings_and_summary_look_for_results_where_the_work_ran() -> None:
    publication = FILTERS["flow_log_publication"]([VPC])
    result = {"changed": False, "actions": [], "flow_logs": [{"resource_id": "vpc-1"}], "unsuccessful": []}
    hostvars = {BATCH: {"publish_to_s3_flow_logs_result": result}, "s3/central": {}}
    made = FILTERS["flow_log_findings"](publication, hostvars, generated_at="now")
    assert {row["target"]: row["finding"] for row in made["findings"]} == {
        "vpc-1": "in_sync",
        "arn:aws:s3:::central": "not_evaluated",
    }
    assert made["generated_at"] == "now"
    summary = FILTERS["flow_log_run_summary"](publication, hostvars)
    assert [item["runner"] for item in summary["failures"]] == ["s3/central"]
    assert FILTERS["flow_log_report"](made, "headline").startswith("flow log drift report: verdict=unknown")
    assert FILTERS["flow_log_failing"](made, ["unknown", "not_evaluated"]) == {"not_evaluated": 1}
    text = FILTERS["flow_log_report"](made)
    assert FILTERS["flow_log_failing"](text, ["not_evaluated"]) == {"not_evaluated": 1}
    assert FILTERS["flow_log_report"](text) == text
    assert FILTERS["flow_log_overview"](publication)[0].startswith(BATCH)


def test_deliveries_are_looked_for_where_the_batches_ran_and_are_unknown_where_they_lack() -> None:
    publication = FILTERS["flow_log_publication"]([VPC])
    log = {"resource_id": "vpc-1", "flow_log_id": "fl-1"}
    result = {"changed": False, "actions": [], "flow_logs": [log], "unsuccessful": []}
    delivery = {"status": "delivered", "hours": 24, "since": "2026-01-01T00:00:00+00:00"}
    left = {"publish_to_s3_flow_logs_result": result}
    for more, expected in (
        ({}, "unknown"),
        ({"flow_log_delivery_result": {"flow_logs": [{**log, "delivery": delivery}]}}, "in_sync"),
        ({"flow_log_delivery_result": {"failed": True, "msg": "denied"}}, "unknown"),
    ):
        made = FILTERS["flow_log_findings"](publication, {BATCH: {**left, **more}}, deliveries=True)
        assert {row["target"]: row["finding"] for row in made["findings"]}["vpc-1"] == expected


def test_a_report_is_weighed_as_a_structure_and_as_text_and_keeps_where_it_is_from() -> None:
    here = os.path.join(os.getcwd(), "inventory.yml")
    publication = FILTERS["flow_log_publication"]([VPC])
    given = FILTERS["flow_log_findings"](publication, {}, inventory=[here, "/etc/ansible/hosts"], as_json=True)
    made = FILTERS["flow_log_assessment"](given, time="2026-01-01T00:00:00Z", severities={"not_evaluated": "high"})
    assert made["inventory"] == ["inventory.yml", "/etc/ansible/hosts"]
    assert made["severities"]["high"] == 2
    again = FILTERS["flow_log_assessment"](made, time="2026-01-01", previous=given, as_json=True)
    assert len(json.loads(again)["changes"]["still"]) == 2
    assert json.loads(FILTERS["flow_log_report_history"](again, "2026-01-01", 1))["verdict"] == "unknown"


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("flow_log_report", ({}, "pdf")),
        ("flow_log_assessment", ({"findings": []}, "tomorrow")),
        ("flow_log_permissions_policy", ("everything",)),
        ("flow_log_permissions_policies", ("reading", "robot")),
        ("flow_log_resource_ids", ([{}],)),
        ("flow_log_bucket", ("NO BUCKET",)),
        ("flow_log_bucket", ("central", None, "alias/logs")),
        ("flow_log_failing", ({"findings": []}, ["everything"])),
    ],
)
def test_bad_input_is_an_error_of_the_filter_by_name(name: str, arguments: tuple) -> None:
    with pytest.raises(AnsibleFilterError, match=f"{name}: .*is not accepted. Allowed: "):
        FILTERS[name](*arguments)


def test_policies_ids_and_buckets() -> None:
    policy = FILTERS["flow_log_permissions_policy"]("log_delivery")
    assert policy["Version"] == "2012-10-17"
    assert FILTERS["flow_log_permissions_policies"]("log_delivery", attached="user") == [policy]
    assert FILTERS["flow_log_resource_ids"]([{"vpc_id": "vpc-1"}]) == ["vpc-1"]
    bucket = FILTERS["flow_log_bucket"]("central/network")
    assert (bucket["prefixes"], bucket["new_bucket"]["encryption"]) == (["network"], "AES256")


@pytest.mark.parametrize(
    ("region", "arn"),
    [
        (None, "arn:aws:s3:::central"),
        ("eu-west-1", "arn:aws:s3:::central"),
        ("cn-north-1", "arn:aws-cn:s3:::central"),
        ("us-gov-west-1", "arn:aws-us-gov:s3:::central"),
    ],
)
def test_the_region_tells_the_partition_of_a_short_destination(region: str, arn: str) -> None:
    assert FILTERS["flow_log_bucket"]("central/network", region=region)["bucket_arn"] == arn
    assert FILTERS["flow_log_bucket"](f"{arn}/network", region="eu-west-1")["bucket_arn"] == arn
    assert FILTERS["flow_log_partition"](region) == arn.split(":")[1]


def test_connection_options_are_those_of_a_host_as_plain_data() -> None:
    """What is not rendered yet is rendered there and then; nothing of it is left to be rendered by somebody else."""

    class Text(str):
        """As a text that Ansible has attached something to."""

    options = Lazy({"profile": Text("network"), "tags": (Text("a"),), "port": 1, "none": None})
    hostvars = {"vpc-1": Lazy({"flow_log_aws": options, "flow_log_key_aws": None}), "vpc-2": Lazy({})}
    read = FILTERS["flow_log_connection"]("vpc-1", hostvars, "flow_log_aws")
    assert read == {"profile": "network", "tags": ["a"], "port": 1, "none": None}
    if flow_logs.inert(options) is options:
        assert {type(read), type(read["profile"]), type(read["tags"]), type(read["tags"][0])} == {dict, str, list}
    assert FILTERS["flow_log_connection"]("vpc-1", hostvars, "flow_log_key_aws", "flow_log_aws") == read
    assert FILTERS["flow_log_connection"]("vpc-2", hostvars, "flow_log_aws") == {}
    assert FILTERS["flow_log_connection"](None, hostvars, "flow_log_aws") == {}
    with pytest.raises(RuntimeError):
        FILTERS["flow_log_connection"]("x", {"x": {"flow_log_aws": Lazy({"profile": "{{ fails }}"})}}, "flow_log_aws")
    with pytest.raises(UndefinedError):
        FILTERS["flow_log_connection"]("x", {"x": {"flow_log_aws": {"profile": StrictUndefined()}}}, "flow_log_aws")


def test_results_of_tasks_for_a_destination_become_one() -> None:
    verdict = {"deliverable": False, "summary": "It cannot.", "problems": []}
    options = {"bucket_arn": "arn:aws:s3:::central", "require_deliverable": True}
    made = FILTERS["flow_log_destination_result"]({"verdict": verdict}, **options)
    assert (made["failed"], made["msg"]) == (True, "It cannot.")


def test_every_filter_is_documented_by_its_name() -> None:
    documented = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.yml")}
    assert documented.keys() == FILTERS.keys()
    for name, page in documented.items():
        assert page["DOCUMENTATION"]["name"] == name
        assert f"flowlogs.aws.{name}" in page["EXAMPLES"]
