# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Known variables are rendered for their own host and become plain data."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from jinja2 import StrictUndefined
from jinja2 import UndefinedError

from ansible_collections.flowlogs.aws.plugins.plugin_utils._action.hosts import connection_of, plain, read_hosts
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.work import plan_publication

VPC = {
    "group_names": ["prod"],
    "flow_log_account_id": "111122223333",
    "flow_log_region": "eu-west-1",
    "flow_log_destination": "central/network",
    "ansible_host": "not read",
}
SECRET = "a secret that a lookup could show"


class Lazy(Mapping):
    """Variables that are rendered when they are read, and may fail then, like those of hostvars."""

    def __init__(self, variables: Mapping[str, Any]) -> None:
        self._variables = variables
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.read.add(name)
        if self._variables[name] == "{{ fails }}":
            raise RuntimeError(SECRET)
        return self._variables[name]

    def __contains__(self, name: object) -> bool:
        return name in self._variables

    def __iter__(self) -> Iterator[str]:
        return iter(self._variables)

    def __len__(self) -> int:
        return len(self._variables)


class Text(str):
    """A string of a subclass, as Ansible passes it."""


# -- hosts --------------------------------------------------------------------------------------------------------


def test_hosts_are_read_in_their_order_with_their_groups() -> None:
    first, second = read_hosts(["vpc-2", "vpc-1"], {"vpc-1": VPC, "vpc-2": {**VPC, "flow_log_state": "absent"}})
    assert [host.name for host in (first, second)] == ["vpc-2", "vpc-1"]
    assert (first.groups, first.variables["flow_log_state"]) == (("prod",), "absent")
    assert second.variables == {name: value for name, value in VPC.items() if name.startswith("flow_log_")}
    (alone,) = read_hosts(["vpc-1"], {"vpc-1": {"flow_log_region": "eu-west-1"}})
    assert alone.groups == ()


def test_renders_only_known_variables() -> None:
    variables = Lazy({**VPC, "flow_log_parents": ["vpc-0"], "password": "{{ fails }}"})
    (host,) = read_hosts(["vpc-1"], {"vpc-1": variables})
    assert not {"ansible_host", "password"} & variables.read
    assert host.variables["flow_log_parents"] == ["vpc-0"] and host.unreadable == {}


def test_failed_template_affects_only_its_host_and_shows_no_secret() -> None:
    good, bad = Lazy(VPC), Lazy({**VPC, "flow_log_aws": "{{ fails }}"})
    hosts = read_hosts(["vpc-1", "vpc-2"], {"vpc-1": good, "vpc-2": bad})
    assert [host.unreadable for host in hosts] == [{}, {"flow_log_aws": "RuntimeError"}]
    made = plan_publication(hosts).to_dict()
    assert [item["host"] for item in made["targets"]] == ["vpc-1"]
    assert (made["invalid"][0]["host"], made["invalid"][0]["variable"]) == ("vpc-2", "flow_log_aws")
    assert SECRET not in json.dumps(made)


def test_undefined_value_is_an_error_of_its_variable() -> None:
    (host,) = read_hosts(["vpc-1"], {"vpc-1": {**VPC, "flow_log_tags": {"team": StrictUndefined()}}})
    assert host.unreadable == {"flow_log_tags": "UndefinedError"} and "flow_log_tags" not in host.variables


def test_state_of_the_run_overrides_that_of_hosts() -> None:
    hostvars = {"vpc-1": VPC, "vpc-2": {**VPC, "flow_log_state": "present"}}
    assert [host.variables["flow_log_state"] for host in read_hosts(hostvars, hostvars, "absent")] == ["absent"] * 2
    assert [host.variables.get("flow_log_state") for host in read_hosts(hostvars, hostvars)] == [None, "present"]


def test_finds_misspelt_variables_without_rendering_them() -> None:
    slips = {"flow_log_trafic_type": "{{ fails }}", "flow_log_colour": "red", "flow_log_batch": {}}
    (host,) = read_hosts(["vpc-1"], {"vpc-1": Lazy({**VPC, **slips})})
    assert host.misspelt == {"flow_log_trafic_type": "flow_log_traffic_type"}
    assert host.unreadable == {}


# -- plain data ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Text("a"), "a"),
        (Lazy({Text("a"): (Text("b"), [Text("c")])}), {"a": ["b", ["c"]]}),
        ({"n": 1, "f": 1.5, "b": True, "none": None}, {"n": 1, "f": 1.5, "b": True, "none": None}),
        (datetime.date(2030, 1, 31), datetime.date(2030, 1, 31)),
        (b"bytes", "b'bytes'"),
    ],
)
def test_nested_values_become_plain_data(value: Any, expected: Any) -> None:
    """Nothing is left that another host could render with its variables."""
    found = plain(value)
    assert found == expected
    assert types(found) == types(expected)


def types(value: Any) -> Any:
    """The types of a value and of everything in it."""
    if isinstance(value, dict):
        return dict, [(types(key), types(item)) for key, item in value.items()]
    return (list, [types(item) for item in value]) if isinstance(value, list) else type(value)


def test_undefined_value_raises() -> None:
    with pytest.raises(UndefinedError):
        plain([{"profile": StrictUndefined()}])


class Encrypted:
    """A vaulted value, which ``str()`` decrypts."""

    def __str__(self) -> str:
        return "decrypted"


def test_encrypted_value_is_decrypted() -> None:
    assert plain({"secret_key": Encrypted()}) == {"secret_key": "decrypted"}


# -- connections --------------------------------------------------------------------------------------------------


def test_connection_comes_from_the_first_variable_that_is_set() -> None:
    bucket, key = {"profile": "bucket"}, {"profile": "key"}
    hostvars = {
        "both": Lazy({"flow_log_bucket_aws": bucket, "flow_log_key_aws": key}),
        "null": Lazy({"flow_log_bucket_aws": bucket, "flow_log_key_aws": None}),
        "none": Lazy({}),
    }
    for host, expected in (("both", key), ("null", bucket), ("none", {})):
        found = connection_of(host, hostvars, "flow_log_key_aws", "flow_log_bucket_aws")
        assert (found.options, found.problem) == (expected, "")
    # Empty options count, too: boto3's usual lookup applies.
    empty = {"x": {"flow_log_key_aws": {}, "flow_log_bucket_aws": bucket}}
    assert connection_of("x", empty, "flow_log_key_aws", "flow_log_bucket_aws").options == {}


def test_connection_options_are_plain_data_and_hidden() -> None:
    options = Lazy({"profile": Text("network"), "aws_config": {"retries": Text("x")}, "port": 1})
    found = connection_of("vpc-1", {"vpc-1": Lazy({"flow_log_aws": options})}, "flow_log_aws")
    assert types(found.options) == types({"profile": "network", "aws_config": {"retries": "x"}, "port": 1})
    assert "network" not in repr(found)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("{{ fails }}", "RuntimeError"),
        (Lazy({"profile": "{{ fails }}"}), "RuntimeError"),
        ({"profile": StrictUndefined()}, "UndefinedError"),
    ],
)
def test_unreadable_connection_names_host_and_variables(value: Any, why: str) -> None:
    found = connection_of("vpc-1", {"vpc-1": Lazy({"flow_log_aws": value})}, "flow_log_key_aws", "flow_log_aws")
    assert found.problem == f"flow_log_key_aws, flow_log_aws of host vpc-1 cannot be read: {why}"
    assert found.options == {} and SECRET not in str(found)
