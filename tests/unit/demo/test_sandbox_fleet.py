# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The hosts of an inventory become accounts, networks, buckets, keys and credentials that the simulator accepts."""

from __future__ import annotations

import configparser
import pathlib
import subprocess
from typing import Any

import pytest

from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import HostVariables
from demo.sandbox import aws_config
from demo.sandbox import client_environment
from demo.sandbox import parse_arguments
from demo.sandbox import shell_script
from demo.sandbox_fleet import INTERFACES_IN_A_SUBNET
from demo.sandbox_fleet import STAND_IN_ACCOUNT
from demo.sandbox_fleet import InventoryError
from demo.sandbox_fleet import Sandbox
from demo.sandbox_fleet import sandbox_of
from tests.simulator import fleet

SHOP, PAYMENTS, ARCHIVE = "111122223333", "444455556666", "777788889999"
BUCKET = "example-flow-logs"
KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
SETTINGS = {
    "flow_log_account_id": SHOP,
    "flow_log_region": "eu-west-1",
    "flow_log_destination": f"arn:aws:s3:::{BUCKET}/network/",
}


def host(host_name: str, /, **variables: Any) -> HostVariables:
    """Return a target; variables without their prefix, None to leave one out."""
    given = {**SETTINGS, **{f"flow_log_{key}": value for key, value in variables.items()}}
    return HostVariables(host_name, {key: value for key, value in given.items() if value is not None})


def vpc(number: int, /, **variables: Any) -> HostVariables:
    """Return a target that is a VPC."""
    return host(f"vpc-{number:017x}", **variables)


def parsed(sandbox: Sandbox) -> fleet.Fleet:
    """Return the fleet as the simulator reads it."""
    return fleet.parse(sandbox.fleet)


def owners_of_keys(sandbox: Sandbox) -> dict[str, str]:
    """Return the account of each profile."""
    users = {principal.access_key: principal.account for principal in parsed(sandbox).principals}
    return {profile: users[key] for profile, key in sandbox.access_keys.items()}


def problems_of(*hosts: HostVariables) -> tuple[str, ...]:
    """Return why an inventory cannot be simulated."""
    with pytest.raises(InventoryError) as error:
        sandbox_of(hosts)
    return error.value.problems


def test_a_host_is_a_resource_in_its_account_and_region() -> None:
    sandbox = sandbox_of([vpc(1), vpc(2, region="us-east-1"), host("shop", resource_id="vpc-0123456789abcdef0")])
    found = {(item.account, item.region, item.id) for item in parsed(sandbox).resources}
    assert found == {
        (SHOP, "eu-west-1", f"vpc-{1:017x}"),
        (SHOP, "us-east-1", f"vpc-{2:017x}"),
        (SHOP, "eu-west-1", "vpc-0123456789abcdef0"),
    }
    assert (sandbox.targets, sandbox.buckets) == (3, 1)


def test_resources_of_all_types_have_what_contains_them() -> None:
    ids = ["subnet-0000000a", "eni-0000000b", "tgw-0000000c", "tgw-attach-0000000d", "nat-0000000e"]
    found = {item.id: item for item in parsed(sandbox_of(map(host, ids))).resources}
    assert ids[:-1] == [id_ for id_ in ids if id_ in found]
    assert found[found["eni-0000000b"].settings["subnet"]].kind == "subnet"
    assert found[found["subnet-0000000a"].settings["vpc"]].kind == "vpc"
    assert found[found["tgw-attach-0000000d"].settings["transit_gateway"]].kind == "transit_gateway"


def test_parents_of_the_inventory_contain_a_target() -> None:
    parents = ["subnet-0000000a", "vpc-0000000a"]
    hosts = [
        host("eni-0000000b", parents=parents),
        host("subnet-0000000a", parents=parents[1:]),
        host("vpc-0000000a"),
        host("tgw-attach-0000000d", parents=["tgw-0000000c"]),
    ]
    found = {item.id: item.settings for item in parsed(sandbox_of(hosts)).resources}
    assert found["eni-0000000b"]["subnet"] == "subnet-0000000a"
    assert found["subnet-0000000a"]["vpc"] == "vpc-0000000a"
    assert found["tgw-attach-0000000d"]["transit_gateway"] == "tgw-0000000c"
    assert len(found) == 5


def test_a_parent_in_another_account_is_not_created_twice() -> None:
    hosts = [host("vpc-0000000a", aws={"profile": "shop"})]
    hosts.append(host("subnet-0000000a", account_id=PAYMENTS, aws={"profile": "payments"}, parents=["vpc-0000000a"]))
    found = {item.id: item for item in parsed(sandbox_of(hosts)).resources}
    assert found["vpc-0000000a"].account == SHOP
    assert found["subnet-0000000a"].settings["vpc"] != "vpc-0000000a"


def test_several_flow_logs_of_a_resource_are_one_resource() -> None:
    hosts = [host(name, resource_id="eni-0000000b", name=name) for name in ("all", "rejected")]
    assert [item.id for item in parsed(sandbox_of(hosts)).resources].count("eni-0000000b") == 1


def test_many_interfaces_get_subnets_with_enough_addresses() -> None:
    hosts = (host(f"eni-{number:08x}") for number in range(INTERFACES_IN_A_SUBNET + 1))
    kinds = [item.kind for item in parsed(sandbox_of(hosts)).resources]
    assert (kinds.count("subnet"), kinds.count("interface")) == (2, INTERFACES_IN_A_SUBNET + 1)


def test_credentials_belong_to_the_account_of_their_targets() -> None:
    bucket = {"bucket_aws": {"profile": "archive"}, "expected_bucket_owner": ARCHIVE}
    hosts = [
        vpc(1, aws={"profile": "shop"}, **bucket),
        vpc(2, account_id=PAYMENTS, aws={"aws_profile": "payments"}, **bucket),
        vpc(3, account_id=PAYMENTS, aws={"profile": "payments"}, **bucket),
    ]
    assert owners_of_keys(sandbox_of(hosts)) == {
        "default": STAND_IN_ACCOUNT,
        "shop": SHOP,
        "archive": ARCHIVE,
        "payments": PAYMENTS,
    }


def test_default_credentials_belong_to_the_account_of_the_targets() -> None:
    sandbox = sandbox_of([vpc(1), vpc(2, aws={"profile": "default"})])
    assert owners_of_keys(sandbox) == {"default": SHOP}
    assert parsed(sandbox).buckets[0].account == SHOP
    assert sandbox.notes == ()


def test_roles_exist_in_their_accounts_and_may_do_everything() -> None:
    arn = f"arn:aws:iam::{PAYMENTS}:role/network/flow-logs"
    sandbox = sandbox_of([vpc(1, account_id=PAYMENTS, aws={"assume_role_arn": arn, "profile": "automation"})])
    (role,) = [item for item in parsed(sandbox).principals if item.kind == "role"]
    assert (role.account, role.path, role.name) == (PAYMENTS, "/network/", "flow-logs")
    assert [item["Statement"][0]["Action"] for item in role.policies.values()] == ["*"]
    assert owners_of_keys(sandbox)["automation"] == STAND_IN_ACCOUNT


def test_access_keys_of_the_inventory_belong_to_its_accounts() -> None:
    key = "AKIAIOSFODNN7EXAMPLE"
    sandbox = sandbox_of([vpc(1, aws={"access_key": key, "secret_key": "x"})])
    assert {item.access_key: item.account for item in parsed(sandbox).principals}[key] == SHOP
    assert key not in sandbox.access_keys.values()


def test_principals_of_the_inventory_exist() -> None:
    principals = [{"type": kind, "name": f"a-{kind}"} for kind in ("user", "group", "role")]
    found = parsed(sandbox_of([vpc(1, permission_principals=principals)])).principals
    assert {(item.kind, item.name, item.account) for item in found} >= {
        (kind, f"a-{kind}", SHOP) for kind in ("user", "group", "role")
    }


def test_an_organization_has_the_accounts_of_its_targets() -> None:
    sandbox = sandbox_of([vpc(1, organization_id="o-a1b2c3d4e5", source_conditions=True)])
    assert parsed(sandbox).organizations == {SHOP: "o-a1b2c3d4e5"}


@pytest.mark.parametrize(
    ("variables", "account", "region"),
    [
        ({}, SHOP, "eu-west-1"),
        ({"bucket_region": "us-east-1"}, SHOP, "us-east-1"),
        ({"bucket_aws": {"assume_role_arn": f"arn:aws:iam::{ARCHIVE}:role/logs"}}, ARCHIVE, "eu-west-1"),
        ({"bucket_aws": {"profile": "x"}, "expected_bucket_owner": ARCHIVE}, ARCHIVE, "eu-west-1"),
        ({"bucket_aws": {"profile": "x"}}, STAND_IN_ACCOUNT, "eu-west-1"),
    ],
)
def test_the_bucket_is_in_the_account_that_the_inventory_gives(
    variables: dict[str, Any], account: str, region: str
) -> None:
    sandbox = sandbox_of([vpc(1, **variables), vpc(2, **variables)])
    assert [(item.name, item.account, item.region) for item in parsed(sandbox).buckets] == [(BUCKET, account, region)]
    note = f"The inventory does not give the account of bucket {BUCKET}. In the sandbox it is {STAND_IN_ACCOUNT}."
    assert sandbox.notes == ((note,) if account == STAND_IN_ACCOUNT else ())


def test_a_bucket_that_a_run_may_create_does_not_exist_but_its_key_does() -> None:
    arn = f"arn:aws:kms:eu-west-1:{ARCHIVE}:key/{KEY_ID}"
    sandbox = sandbox_of([vpc(1, create_bucket=True, bucket_region="eu-west-1", bucket_encryption=arn)])
    assert parsed(sandbox).buckets == []
    assert [(item.account, item.region, item.id) for item in parsed(sandbox).keys] == [(ARCHIVE, "eu-west-1", KEY_ID)]


def test_a_bucket_whose_key_policy_is_managed_has_a_key() -> None:
    sandbox = sandbox_of([vpc(number, key_policy=True) for number in (1, 2)])
    (key,), (bucket,) = parsed(sandbox).keys, parsed(sandbox).buckets
    assert bucket.encryption.key == f"arn:aws:kms:eu-west-1:{SHOP}:key/{key.id}"


def test_a_host_that_only_removes_a_named_flow_log_has_no_bucket() -> None:
    assert parsed(sandbox_of([vpc(1, destination=None, state="absent", name="old")])).buckets == []


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"account_id": None}, ["flow_log_account_id is missing"]),
        ({"region": None}, ["flow_log_region is missing"]),
        ({"destination": None}, ["flow_log_destination is missing"]),
        ({"aws": {"profil": "x"}}, ["flow_log_aws", "profile"]),
        ({"aws": {"endpoint_url": "https://ec2.example"}}, ["flow_log_aws.endpoint_url", "Remove it"]),
        ({"bucket_aws": {"aws_config": {"x": 1}}}, ["flow_log_bucket_aws.aws_config", "Remove it"]),
        ({"key_aws": {"aws_endpoint_url": "https://kms.example"}}, ["flow_log_key_aws.aws_endpoint_url"]),
        ({"aws": {"access_key": "ASIAIOSFODNN7EXAMPLE"}}, ["flow_log_aws.access_key"]),
        ({"resource_id": "vpc-1"}, ["flow_log_resource_id", "vpc-1"]),
    ],
)
def test_a_problem_names_the_host_and_the_variable(variables: dict[str, Any], words: list[str]) -> None:
    (problem,) = problems_of(vpc(1, **variables), vpc(2))
    assert problem.startswith(f"{vpc(1).name}: ")
    assert [word for word in words if word not in problem] == []
    assert "ASIA" not in problem


def test_every_problem_is_listed() -> None:
    assert len(problems_of(vpc(1, region=None), vpc(2, account_id=None))) == 2
    assert problems_of() == ("The inventory has no target.",)


@pytest.mark.parametrize("aws", [{}, {"profile": "shop"}, {"access_key": "AKIAIOSFODNN7EXAMPLE"}])
def test_credentials_of_two_accounts_are_a_problem(aws: dict[str, str]) -> None:
    (problem,) = problems_of(vpc(1, aws=aws), vpc(2, aws=aws, account_id=PAYMENTS, expected_bucket_owner=SHOP))[:1]
    assert problem.startswith(f"{vpc(2).name}: flow_log_account_id is {PAYMENTS} for ")
    assert problem.endswith(f", but {SHOP} for host {vpc(1).name}.")
    assert "AKIA" not in problem


def test_a_resource_in_two_regions_is_a_problem() -> None:
    (problem,) = problems_of(vpc(1), host("again", resource_id=vpc(1).name, region="us-east-1"))
    assert problem.startswith("again: flow_log_account_id/flow_log_region is ")


# -- the environment --


def test_the_environment_leads_every_client_to_the_simulator(tmp_path: pathlib.Path) -> None:
    environment = client_environment("http://127.0.0.1:1", tmp_path / "aws config")
    script = tmp_path / "environment"
    script.write_text(shell_script(environment), encoding="utf-8")
    real = {
        "AWS_PROFILE": "production",
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_ENDPOINT_URL_EC2": "https://ec2.example",
        "AWS_URL": "https://ec2.example",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        "HTTP_PROXY": "http://proxy.example",
    }
    command = ["sh", "-c", f". '{script}' && env"]
    done = subprocess.run(command, env={"PATH": "/usr/bin:/bin", **real}, check=True, stdout=subprocess.PIPE, text=True)
    variables = dict(line.split("=", 1) for line in done.stdout.splitlines())
    assert {name: value for name, value in variables.items() if name.startswith("AWS_")} == {
        name: value for name, value in environment.items() if name.startswith("AWS_")
    }
    assert "127.0.0.1" in variables["NO_PROXY"] and "127.0.0.1" in variables["no_proxy"]


def test_profiles_have_keys_of_the_simulator_only() -> None:
    parser = configparser.ConfigParser()
    parser.read_string(aws_config(sandbox_of([vpc(1), vpc(2, aws={"profile": "a shop"})]).access_keys))
    assert parser.sections() == ["default", "profile 'a shop'"]
    assert all(parser[name]["aws_access_key_id"].startswith("AKIASANDBOX") for name in parser.sections())


def test_other_options_go_to_ansible() -> None:
    given, options = parse_arguments(["-i", "a", "-i", "b", "-e", "flow_log_hosts=shop", "--vault-password-file", "x"])
    assert given.inventory == ["a", "b"]
    assert options == ["-e", "flow_log_hosts=shop", "--vault-password-file", "x"]
