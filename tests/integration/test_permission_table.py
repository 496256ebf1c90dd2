# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls that really are made against the table of permissions: nothing is missing in it and nothing superfluous.

Each module does all that it can do, and the call log of the simulator tells what came.
"""

from __future__ import annotations

import json
import re
from typing import Any
from typing import Callable
from typing import Dict
from typing import List
from typing import Mapping
from typing import Set

import boto3
import pytest

from ansible_collections.flowlogs.aws.plugins.module_utils._core.permission_table import MODULES
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permission_table import POLICIES
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permission_table import WITH
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permission_table import calls_of
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions import permissions_policy
from tests.integration.conftest import AnsibleRunner
from tests.integration.in_process import run_module
from tests.integration.in_process import succeed
from tests.integration.publication import SHOP
from tests.integration.publication import Stage
from tests.integration.publication import inventory
from tests.simulator.client import DEFAULT_ACCESS_KEY
from tests.simulator.client import SECRET_KEY
from tests.simulator.client import SimulatorProcess
from tests.unit.meta.project import modules

ACCOUNT, OTHER = "123456789012", "444455556666"
VPC, BUCKET = "vpc-0a000000000000001", "example-logs"
DESTINATION = f"arn:aws:s3:::{BUCKET}/network/"
DELIVERY = {"Effect": "Allow", "Principal": {"Service": "delivery.logs.amazonaws.com"}, "Action": "*", "Resource": "*"}
ROOT = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*"}
ENCRYPTS = {"KeyUsage": "ENCRYPT_DECRYPT", "KeySpec": "SYMMETRIC_DEFAULT"}


def policy(*statements: Dict[str, Any]) -> Dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


WRITABLE = policy({**DELIVERY, "Action": "s3:*", "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"]})
SEED = {
    "accounts": {
        ACCOUNT: {
            "regions": {"eu-west-1": {"vpcs": [{"id": VPC}]}},
            "buckets": [
                {"name": BUCKET, "region": "eu-west-1", "policy": WRITABLE},
                {"name": "bare-logs", "region": "eu-west-1"},
            ],
        }
    }
}
DENIED = re.compile(r"AccessDenied|UnauthorizedOperation")
#: Calls that no permission is needed for, or that lead into another account.
FREE = {"GetCallerIdentity", "AssumeRole"}
PUBLISHED = {"resource_ids": [VPC], "destination": DESTINATION, "tags": {"team": "net"}}
TAG_FIELDS = {
    "log_format": ["interface-id", "instance-tag"],
    "tag_field_specifications": [{"resource_type": "instance", "tag_keys": ["env"]}],
}
ALIAS = "alias/flow-logs"
#: Module -> the options of its runs, which together do all that it can do.
RUNS: Mapping[str, List[Dict[str, Any]]] = {
    "s3_flow_log": [
        PUBLISHED,
        {**PUBLISHED, "tags": {"owner": "net"}},
        {**PUBLISHED, "tags": {"owner": "net"}, "traffic_type": "REJECT"},
        {**PUBLISHED, **TAG_FIELDS, "replace": "delete_first"},
        {**PUBLISHED, "state": "absent"},
    ],
    "s3_flow_log_info": [{}, {"delivery": True}],
    "flow_log_bucket_policy": [{"bucket": "bare-logs"}, {"bucket": "bare-logs", "state": "absent"}],
    "flow_log_key_policy": [{"key_id": ALIAS}, {"key_id": ALIAS, "state": "absent"}],
    "flow_log_destination_info": [{"destination": DESTINATION}, {"destination": DESTINATION, "account_ids": [OTHER]}],
    "flow_log_permissions_info": [
        {"principal": f"arn:aws:sts::{ACCOUNT}:assumed-role/reporter/somebody", "operations": ["read"]}
    ],
}
#: What a drift report does not ask; asking takes a permission that discloses what others may do.
IN_NO_REPORT = {"flow_log_permissions_info"}
#: Where the module does not work with flow logs from the start, a run of s3_flow_log makes them.
NEEDS_FLOW_LOGS = {"s3_flow_log_info"}


def client(simulator: SimulatorProcess, service: str) -> Any:
    keys = {"aws_access_key_id": DEFAULT_ACCESS_KEY, "aws_secret_access_key": SECRET_KEY}
    return boto3.client(service, region_name="eu-west-1", endpoint_url=simulator.url, **keys)


@pytest.fixture(name="aws")
def _aws(simulator: SimulatorProcess) -> SimulatorProcess:
    """A VPC, a bucket that log delivery may write to with a key that it may use, and a bucket and a key that it may not.

    There is a role with a path, too, which somebody may be in a session of.
    """
    simulator.seed(SEED)
    kms, s3 = client(simulator, "kms"), client(simulator, "s3")
    usable = kms.create_key(Policy=json.dumps(policy(ROOT, DELIVERY)), **ENCRYPTS)["KeyMetadata"]["Arn"]
    kms.create_alias(
        AliasName=ALIAS, TargetKeyId=kms.create_key(Policy=json.dumps(policy(ROOT)), **ENCRYPTS)["KeyMetadata"]["Arn"]
    )
    by_default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": usable}
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": by_default}]}
    s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration=rules)
    client(simulator, "iam").create_role(RoleName="reporter", Path="/team/", AssumeRolePolicyDocument="{}")
    simulator.clear_calls()
    return simulator


def called(simulator: SimulatorProcess) -> Set[str]:
    """The calls since the log was emptied, but those that are free."""
    return set(simulator.operations()) - FREE


def prepared(aws: SimulatorProcess, name: str) -> SimulatorProcess:
    if name in NEEDS_FLOW_LOGS:
        succeed(aws.url, "s3_flow_log", PUBLISHED)
    aws.clear_calls()
    return aws


def test_every_module_is_tried() -> None:
    assert list(RUNS) == list(MODULES)
    assert set(RUNS) >= set(modules())


@pytest.mark.parametrize("name", RUNS)
def test_a_module_makes_the_calls_of_the_table_and_no_others(aws: SimulatorProcess, name: str) -> None:
    prepared(aws, name)
    for options in RUNS[name]:
        succeed(aws.url, name, options)
    assert called(aws) == calls_of(MODULES[name])


@pytest.mark.parametrize("name", [name for name in RUNS if name not in IN_NO_REPORT])
def test_the_policy_for_reading_is_enough_for_check_mode(aws: SimulatorProcess, name: str) -> None:
    prepared(aws, name)
    for options in RUNS[name]:
        succeed(aws.url, name, options, check=True)
    reading = {*POLICIES["reading"], *(operation for more in WITH.values() for operation in more["reading"])}
    assert called(aws)
    assert called(aws) <= calls_of({*reading, "delivery_check"})


@pytest.mark.parametrize(
    ("name", "options", "operations"),
    [
        ("s3_flow_log", {**PUBLISHED, "tags": None}, ["read", "create"]),
        ("s3_flow_log", PUBLISHED, ["read", "create", "tag_at_create"]),
        ("s3_flow_log_info", {}, ["read"]),
    ],
)
def test_an_operation_makes_its_calls_and_no_others(
    aws: SimulatorProcess, name: str, options: Dict[str, Any], operations: List[str]
) -> None:
    succeed(aws.url, name, options)
    assert called(aws) == calls_of(operations)
    created = aws.calls(operation="CreateFlowLogs")
    assert all(bool(call["parameters"].get("TagSpecifications")) is ("tag_at_create" in operations) for call in created)


@pytest.mark.parametrize("name", [name for name in RUNS if name.endswith("_info")])
def test_a_module_that_reads_says_the_same_twice(aws: SimulatorProcess, name: str) -> None:
    """So that another answer below has no other reason than the denied call."""
    prepared(aws, name)
    first, second = ([succeed(aws.url, name, options) for options in RUNS[name]] for _time in range(2))
    assert first == second


@pytest.mark.parametrize(("name", "call"), [(name, call) for name in RUNS for call in sorted(calls_of(MODULES[name]))])
def test_a_call_that_is_denied_is_noticed(aws: SimulatorProcess, name: str, call: str) -> None:
    """So no permission in the table is one that the module could do without, unseen."""
    prepared(aws, name)
    reads_only = name.endswith("_info")
    undisturbed = [run_module(aws.url, name, options) for options in RUNS[name]] if reads_only else []
    aws.fault(operation=call, action="deny", times=None)
    results = (run_module(aws.url, name, options) for options in RUNS[name])
    if reads_only:
        # They tell what they could find out; less of it, without the permission.
        assert list(results) != undisturbed
    else:
        assert any(result.get("failed") and DENIED.search(json.dumps(result)) for result in results)


def play(*tasks: Dict[str, Any]) -> List[Dict[str, Any]]:
    defaults = {"group/flowlogs.aws.aws": {"region": "eu-west-1"}}
    return [{"name": "Test", "hosts": "localhost", "gather_facts": False, "module_defaults": defaults, "tasks": tasks}]


def buckets(aws: SimulatorProcess) -> List[Dict[str, Any]]:
    """Two tasks: a new bucket with all that is asked for, and one that somebody made otherwise."""
    client(aws, "s3").delete_public_access_block(Bucket=BUCKET)
    client(aws, "s3").delete_bucket_ownership_controls(Bucket=BUCKET)
    names = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    asked = {
        "public_access": dict.fromkeys(names, True),
        "object_ownership": "BucketOwnerEnforced",
        "encryption": "AES256",
        "tags": {"team": "net"},
    }
    return [
        {"name": f"Bucket {name}", "amazon.aws.s3_bucket": {**asked, "name": name}} for name in ("new-logs", BUCKET)
    ]


def policies(aws: SimulatorProcess) -> List[Dict[str, Any]]:
    """A task for each kind of principal, which has an inline policy already."""
    iam, document = client(aws, "iam"), json.dumps(permissions_policy("reading"))
    iam.create_user(UserName="ops")
    iam.put_user_policy(UserName="ops", PolicyName="old", PolicyDocument=document)
    iam.create_group(GroupName="ops")
    iam.put_group_policy(GroupName="ops", PolicyName="old", PolicyDocument=document)
    iam.create_role(RoleName="ops", AssumeRolePolicyDocument="{}")
    iam.put_role_policy(RoleName="ops", PolicyName="old", PolicyDocument=document)
    granted = "{{ 'reading' | flowlogs.aws.flow_log_permissions_policy }}"
    asked = {"iam_name": "ops", "policy_name": "new", "policy_json": granted}
    return [
        {"name": f"Policy of a {kind}", "amazon.aws.iam_policy": {**asked, "iam_type": kind}}
        for kind in ("user", "group", "role")
    ]


@pytest.mark.parametrize(("operation", "tasks"), [("create_bucket", buckets), ("attach_policy", policies)])
def test_modules_of_amazon_aws_make_the_calls_of_the_table_and_no_others(
    ansible: AnsibleRunner,
    aws: SimulatorProcess,
    operation: str,
    tasks: Callable[[SimulatorProcess], List[Dict[str, Any]]],
) -> None:
    made = play(*tasks(aws))
    aws.clear_calls()
    ansible(made, environment=aws.environment("eu-west-1"))
    assert called(aws) == calls_of([operation])


def test_the_policy_for_reading_is_enough_for_the_drift_report(
    ansible: AnsibleRunner, simulator: SimulatorProcess
) -> None:
    stage = Stage(ansible, simulator)
    simulator.seed({"accounts": {SHOP: {"roles": [{"name": "publisher"}]}}})
    document = inventory()
    document["all"]["vars"]["flow_log_permission_principals"] = [{"type": "role", "name": "publisher"}]
    stage("flowlogs.aws.drift_report", document)
    reading = {*POLICIES["reading"], *(operation for more in WITH.values() for operation in more["reading"])}
    assert {"DescribeFlowLogs", "GetBucketPolicy", "ListRolePolicies"} <= called(simulator) <= calls_of(reading)


def test_the_role_refuses_an_inline_policy_that_has_no_room(ansible: AnsibleRunner, aws: SimulatorProcess) -> None:
    client(aws, "iam").create_user(UserName="ops")
    aws.clear_calls()
    principal = {"type": "user", "name": "ops", "buckets": [f"arn:aws:s3:::flow-logs-{number}" for number in range(99)]}
    variables = {"publish_to_s3_permission_principals": [principal], "publish_to_s3_destination": DESTINATION}
    role = {"name": "flowlogs.aws.publish_to_s3", "tasks_from": "permissions"}
    tasks = [{"name": "Attach", "ansible.builtin.include_role": role, "vars": variables}]
    run = ansible(play(*tasks), environment=aws.environment("eu-west-1"), succeeds=False)
    assert "all inline policies of a user together have room for 2048" in " ".join(run.output.split())
    assert aws.calls() == []
