# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""flow_log_destination_info against the simulator: every code with its real condition."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from ansible_collections.flowlogs.aws.plugins.module_utils._core.destination_check.codes import CHECK_DEFINITIONS
from ansible_collections.flowlogs.aws.plugins.module_utils._core.destination_check.codes import OK

from tests.integration.support.aws_clients import aws_client
from tests.integration.support.ansible_run import AnsibleRunner
from tests.integration.support.in_process import run_module
from tests.integration.support.in_process import succeed
from tests.simulator.client import DEFAULT_ACCESS_KEY
from tests.simulator.client import SimulatorProcess

OWNER, SHOP = "123456789012", "111122223333"
OTHER_KEY = "AKIASHOPSHOPSHOPSHOP"
REGION = "eu-west-1"
BUCKET = "central-flow-logs"
ARN = f"arn:aws:s3:::{BUCKET}"
SERVICE = {"Service": "delivery.logs.amazonaws.com"}
ORGANIZATION = "o-a1b2c3d4e5"
ADMIN = {
    "Sid": "Admin",
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{OWNER}:root"},
    "Action": "kms:*",
    "Resource": "*",
}
KEY_USE = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
SETTINGS = ("GetBucketEncryption", "GetBucketOwnershipControls", "GetBucketRequestPayment", "GetPublicAccessBlock")


def statement(effect: str, action: Any, resource: Any, **elements: Any) -> dict[str, Any]:
    """Return a statement for the delivery service."""
    return {"Effect": effect, "Principal": SERVICE, "Action": action, "Resource": resource, **elements}


GRANT = [
    statement("Allow", "s3:PutObject", f"{ARN}/AWSLogs/*"),
    statement("Allow", "s3:GetBucketAcl", ARN),
]
#: The same for one account, with only the access that log delivery needs.
TIED = {"StringEquals": {"aws:SourceAccount": OWNER}}
NARROW_GRANT = [
    statement("Allow", "s3:PutObject", f"{ARN}/AWSLogs/{OWNER}/*", Condition=TIED),
    statement("Allow", "s3:GetBucketAcl", ARN, Condition=TIED),
]


class World:
    """A bucket in the simulator, and methods to change it."""

    def __init__(self, simulator: SimulatorProcess) -> None:
        self.simulator = simulator
        self.s3 = self.client("s3")
        self.kms = self.client("kms")
        self.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.policy(*GRANT)

    def client(self, service: str, region: str = REGION, access_key: str = DEFAULT_ACCESS_KEY) -> Any:
        return aws_client(self.simulator, service, region, access_key=access_key)

    def policy(self, *statements: dict[str, Any]) -> None:
        document = {"Version": "2012-10-17", "Statement": list(statements)}
        self.s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(document))

    def encrypt(self, key: str | None, algorithm: str = "aws:kms", **rule: Any) -> None:
        default = {"SSEAlgorithm": algorithm, **({"KMSMasterKeyID": key} if key else {})}
        rules = [{"ApplyServerSideEncryptionByDefault": default, **rule}]
        self.s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": rules})

    def key(self, *statements: dict[str, Any], region: str = REGION, **options: Any) -> str:
        """Create a key, encrypt the bucket with it, and return its ARN."""
        options = {"KeyUsage": "ENCRYPT_DECRYPT", "KeySpec": "SYMMETRIC_DEFAULT", **options}
        policy = {"Version": "2012-10-17", "Statement": [ADMIN, *statements]}
        metadata = self.client("kms", region).create_key(Policy=json.dumps(policy), **options)["KeyMetadata"]
        self.encrypt(metadata["Arn"])
        return str(metadata["Arn"])

    def deny(self, *operations: str) -> None:
        for operation in operations:
            self.simulator.fault(operation=operation, action="deny", times=None)

    def ask(self, **options: Any) -> dict[str, Any]:
        self.simulator.clear_calls()
        result = succeed(self.simulator.url, "flow_log_destination_info", {"destination": BUCKET, **options})
        assert self.simulator.calls(write=True) == []
        return result


@pytest.fixture(name="world")
def _world(simulator: SimulatorProcess) -> World:
    return World(simulator)


def by_code(result: dict[str, Any], code: str) -> dict[str, Any]:
    (found,) = [check for check in result["checks"] if check["code"] == code]
    return dict(found)


def somebody_of_another_account(world: World) -> None:
    world.simulator.seed({"accounts": {SHOP: {"users": [{"name": "shop", "access_key": OTHER_KEY}]}}})


def other_region_key(world: World) -> None:
    world.key(statement("Allow", KEY_USE, "*"), region="us-east-1")


def deleted_principal(world: World) -> None:
    iam = world.client("iam")
    role = iam.create_role(RoleName="gone", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    reader = {"Effect": "Allow", "Principal": {"AWS": role}, "Action": "s3:GetObject", "Resource": f"{ARN}/*"}
    world.policy(*GRANT, reader)
    iam.delete_role(RoleName="gone")


def disabled_key(world: World) -> None:
    world.kms.disable_key(KeyId=world.key(statement("Allow", KEY_USE, "*")).split("/")[1])


def nearly_full(world: World) -> None:
    readers = [f"arn:aws:iam::{number:012d}:role/reader-of-logs" for number in range(1, 395)]
    reader = {"Effect": "Allow", "Principal": {"AWS": readers}, "Action": "s3:GetObject", "Resource": f"{ARN}/*"}
    world.policy(*GRANT, reader)


def ask_for_payment(world: World) -> None:
    world.s3.put_bucket_request_payment(Bucket=BUCKET, RequestPaymentConfiguration={"Payer": "Requester"})


def key_with(*statements: dict[str, Any]) -> Callable[[World], Any]:
    return lambda world: world.key(*statements)


def policy_with(*statements: dict[str, Any]) -> Callable[[World], Any]:
    return lambda world: world.policy(*statements)


def denied(*operations: str) -> Callable[[World], Any]:
    return lambda world: world.deny(*operations)


def key_and_denied(operation: str) -> Callable[[World], Any]:
    def make(world: World) -> None:
        world.key(statement("Allow", KEY_USE, "*"))
        world.deny(operation)

    return make


def nothing(_world: World) -> None:
    """Leave the bucket as it is."""


FROM_ADDRESS = {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}
BY_ORGANIZATION = {"StringEquals": {"aws:SourceOrgID": ORGANIZATION}}
ASKS_FOR_ACL = {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}

#: Code -> function that creates the condition, options, words of evidence and remedy.
CONDITIONS: dict[str, tuple[Callable[[World], Any], dict[str, Any], str, str]] = {
    "BucketMissing": (nothing, {"destination": "none-of-ours"}, "404", "amazon.aws.s3_bucket"),
    "BucketUnreadable": (denied("HeadBucket", "GetBucketPolicy", *SETTINGS), {}, "s3:ListBucket", '"s3:ListBucket"'),
    "OwnerUnexpected": (nothing, {"expected_bucket_owner": SHOP}, "expected_bucket_owner", "Correct destination"),
    "OwnerUnknown": (
        somebody_of_another_account,
        {"access_key": OTHER_KEY},
        f"not account {SHOP}",
        "expected_bucket_owner",
    ),
    "NotGranted": (policy_with(GRANT[1]), {}, "No statement grants s3:PutObject.", "flow_log_bucket_policy"),
    "Denied": (
        policy_with(*GRANT, statement("Deny", "s3:*", f"{ARN}/*", Sid="NoWrites")),
        {},
        "Statement NoWrites denies s3:PutObject",
        "aws:PrincipalServiceName",
    ),
    "GrantsTooMuch": (
        policy_with(statement("Allow", "s3:*", [ARN, f"{ARN}/*"], Sid="Wide", Condition=TIED)),
        {},
        "Statement Wide: it allows other actions, it allows writes outside the folders of flow logs.",
        f'"Resource": "{ARN}/AWSLogs/{OWNER}/*"',
    ),
    "PerhapsDenied": (
        policy_with(*GRANT, statement("Deny", "s3:*", f"{ARN}/*", Sid="Somewhere", Condition=FROM_ADDRESS)),
        {},
        "Statement Somewhere may deny s3:PutObject",
        "aws:PrincipalServiceName",
    ),
    "PerhapsGranted": (
        policy_with(GRANT[1], {**GRANT[0], "Sid": "Ours", "Condition": BY_ORGANIZATION}),
        {},
        "Statement Ours may grant s3:PutObject",
        "flow_log_organization_id",
    ),
    "PolicyUnreadable": (denied("GetBucketPolicy"), {}, "needs s3:GetBucketPolicy", '"s3:GetBucketPolicy"'),
    "PolicyHasNegations": (
        policy_with(*GRANT, {"Effect": "Deny", "Principal": "*", "NotAction": "s3:*", "Resource": f"{ARN}/*"}),
        {},
        "CreateFlowLogs fails",
        "flow_log_bucket_policy",
    ),
    "PrincipalGone": (deleted_principal, {}, "AROA", "Remove these principals"),
    "PolicyNearLimit": (nearly_full, {}, "of 20480 bytes", "organization_id"),
    "EncryptionUnreadable": (
        denied("GetBucketEncryption"),
        {},
        "needs s3:GetEncryptionConfiguration",
        '"s3:GetEncryptionConfiguration"',
    ),
    "EncryptionKeyOfAws": (lambda world: world.encrypt(None), {}, "aws:kms", "encryption_key_id"),
    "EncryptionKeyNotByArn": (
        lambda world: world.encrypt(world.key(statement("Allow", KEY_USE, "*")).split("/")[1]),
        {},
        "aws:kms ",
        'encryption_key_id: "arn:aws:kms:',
    ),
    "EncryptionDualLayer": (
        lambda world: world.encrypt(world.key(statement("Allow", KEY_USE, "*")), "aws:kms:dsse"),
        {},
        "aws:kms:dsse",
        'encryption: "aws:kms"',
    ),
    "BucketKeyEnabled": (
        lambda world: world.encrypt(world.key(statement("Allow", KEY_USE, "*")), BucketKeyEnabled=True),
        {},
        "AWS warns",
        "turn off the S3 Bucket Key",
    ),
    "KeyMissing": (
        lambda world: world.encrypt(f"arn:aws:kms:{REGION}:{OWNER}:key/00000000-0000-0000-0000-000000000000"),
        {},
        "NotFoundException",
        "full ARN",
    ),
    "KeyUnreadable": (key_and_denied("DescribeKey"), {}, "needs kms:DescribeKey", '"kms:DescribeKey"'),
    "KeyNotUsable": (disabled_key, {}, "Disabled", "Enable the key"),
    "KeyUnsuitable": (
        lambda world: world.key(statement("Allow", KEY_USE, "*"), KeySpec="RSA_2048"),
        {},
        "RSA_2048",
        "SYMMETRIC_DEFAULT",
    ),
    "KeyInOtherRegion": (other_region_key, {}, "us-east-1", "eu-west-1"),
    "KeyPolicyUnreadable": (key_and_denied("GetKeyPolicy"), {}, "needs kms:GetKeyPolicy", '"kms:GetKeyPolicy"'),
    "KeyNotGranted": (key_with(), {}, "No statement grants kms:Encrypt", "flow_log_key_policy"),
    "KeyPartlyGranted": (
        key_with(statement("Allow", "kms:GenerateDataKey*", "*")),
        {},
        "No statement grants kms:Encrypt, kms:Decrypt, kms:ReEncryptFrom",
        "flow_log_key_policy",
    ),
    "KeyGrantsTooMuch": (
        key_with(statement("Allow", "kms:*", "*", Sid="Wide")),
        {},
        "Statement Wide: it allows other actions, it allows any account.",
        '"kms:GenerateDataKey*"',
    ),
    "KeyDenied": (
        key_with(statement("Allow", KEY_USE, "*"), statement("Deny", "kms:GenerateDataKey", "*", Sid="NoWriting")),
        {},
        "Statement NoWriting denies kms:GenerateDataKey",
        "aws:PrincipalServiceName",
    ),
    "KeyPerhapsDenied": (
        key_with(
            statement("Allow", KEY_USE, "*"),
            statement("Deny", "kms:*", "*", Sid="Somewhere", Condition=FROM_ADDRESS),
        ),
        {},
        "Statement Somewhere may deny",
        "aws:PrincipalServiceName",
    ),
    "KeyPerhapsGranted": (
        key_with(statement("Allow", KEY_USE, "*", Sid="Ours", Condition=BY_ORGANIZATION)),
        {},
        "Statement Ours may grant",
        "flow_log_organization_id",
    ),
    "OwnershipUnreadable": (
        denied("GetBucketOwnershipControls"),
        {},
        "needs s3:GetBucketOwnershipControls",
        '"s3:GetBucketOwnershipControls"',
    ),
    "AclConditionWithoutAcls": (
        policy_with(GRANT[1], {**GRANT[0], "Sid": "WithAcl", "Condition": ASKS_FOR_ACL}),
        {},
        "Statement WithAcl grants only writes with the ACL",
        "string_equals_if_exists",
    ),
    "RequesterPays": (ask_for_payment, {}, "accept the charge", "put-bucket-request-payment"),
    "RequesterPaysUnreadable": (
        denied("GetBucketRequestPayment"),
        {},
        "needs s3:GetBucketRequestPayment",
        '"s3:GetBucketRequestPayment"',
    ),
    "PublicAccessPossible": (
        lambda world: world.s3.delete_public_access_block(Bucket=BUCKET),
        {},
        "do not affect",
        "put-public-access-block",
    ),
    "PublicAccessUnreadable": (
        denied("GetPublicAccessBlock"),
        {},
        "needs s3:GetBucketPublicAccessBlock",
        '"s3:GetBucketPublicAccessBlock"',
    ),
}


def test_every_code_has_a_condition() -> None:
    assert set(CONDITIONS) == {code for code, kind in CHECK_DEFINITIONS.items() if kind.status != OK}


@pytest.mark.parametrize("code", CONDITIONS)
def test_condition_is_found(world: World, code: str) -> None:
    make, options, evidence, remedy = CONDITIONS[code]
    make(world)
    result = world.ask(**options)
    check, kind = by_code(result, code), CHECK_DEFINITIONS[code]
    assert (check["status"], check["severity"]) == (kind.status, kind.severity)
    assert evidence in check["evidence"]
    assert remedy and remedy in check["remedy"]
    if kind.severity == "error":
        assert result["deliverable"] is not True
        assert code in {item["code"] for item in result["problems"]}
        assert check["message"] in result["summary"] or len(result["problems"]) > 3


def test_healthy_destination_is_deliverable(world: World) -> None:
    world.policy(*NARROW_GRANT)
    result = world.ask()
    assert result["deliverable"] is True
    assert {check["status"] for check in result["checks"]} == {"ok"}
    assert result["problems"] == []
    assert [call["operation"] for call in world.simulator.calls()] == [
        "GetCallerIdentity",
        "HeadBucket",
        *SETTINGS,
        "GetBucketPolicy",
    ]


def test_encrypted_destination_is_deliverable(world: World) -> None:
    key = world.key(statement("Allow", KEY_USE, "*"))
    result = world.ask()
    assert result["deliverable"] is True
    assert (result["encryption"]["key_arn"], result["encryption"]["is_customer_key"]) == (key, True)
    assert [call["operation"] for call in world.simulator.calls()][-2:] == ["DescribeKey", "GetKeyPolicy"]


def test_unreadable_bucket_is_checked_by_the_given_settings(world: World) -> None:
    world.deny("HeadBucket")
    result = world.ask()
    assert result["bucket"]["exists"] is True
    assert result["deliverable"] is True
    assert "needs s3:ListBucket" in by_code(result, "OwnerUnknown")["evidence"]


def test_unknown_is_not_deliverable(world: World) -> None:
    world.deny("GetBucketPolicy")
    assert world.ask()["deliverable"] == "unknown"


def test_problem_takes_precedence_over_unknown(world: World) -> None:
    world.deny("GetBucketEncryption")
    world.policy(GRANT[0])
    assert world.ask()["deliverable"] is False


def test_each_source_and_folder_is_reported(world: World) -> None:
    granted = {"account_ids": [OWNER], "regions": [REGION], "prefixes": ["network"], "layouts": ["hive"]}
    world.s3.delete_bucket_policy(Bucket=BUCKET)
    succeed(world.simulator.url, "flow_log_bucket_policy", {"bucket": BUCKET, **granted})
    result = world.ask(
        account_ids=[OWNER, SHOP], regions=[REGION, "us-east-1"], prefixes=["network", ""], layouts=["plain", "hive"]
    )
    rows = [check for check in result["checks"] if check["check"] == "bucket_policy"]
    assert len(rows) == 16
    (good,) = [row for row in rows if row["status"] == "ok"]
    assert good["account_id"] == OWNER
    assert (good["region"], good["folder"], good["layout"]) == (REGION, "network", "hive")
    assert {row["code"] for row in rows if row is not good} == {"NotGranted"}


def test_organization_grant_covers_its_members(world: World) -> None:
    world.policy({**GRANT[0], "Condition": BY_ORGANIZATION}, GRANT[1])
    assert world.ask(account_ids=[SHOP])["deliverable"] == "unknown"
    assert world.ask(account_ids=[SHOP], organization_id=ORGANIZATION)["deliverable"] is True
    assert world.ask(organization_id=ORGANIZATION)["deliverable"] is True
    assert world.ask(organization_id="o-zzzzzzzzzz")["deliverable"] is False


def test_grant_for_one_region_does_not_cover_all(world: World) -> None:
    condition = {"ArnLike": {"aws:SourceArn": f"arn:aws:logs:{REGION}:{OWNER}:*"}}
    world.policy({**GRANT[0], "Sid": "OneRegion", "Condition": condition}, GRANT[1])
    check = by_code(world.ask(), "NotGranted")
    assert "Statement OneRegion grants it for others, or for a part." in check["evidence"]
    assert world.ask(regions=[REGION])["deliverable"] is True


def remedied(world: World, check: dict[str, Any]) -> None:
    """Run a remedy that is a task."""
    (task,) = yaml.safe_load(check["remedy"])
    ((module, options),) = task.items()
    succeed(world.simulator.url, module.removeprefix("flowlogs.aws."), options)


def test_remedies_that_are_tasks_fix_the_problem(world: World) -> None:
    world.s3.delete_bucket_policy(Bucket=BUCKET)
    world.key()
    options: dict[str, Any] = {"account_ids": [OWNER, SHOP], "prefixes": ["network"], "layouts": ["plain", "hive"]}
    while (result := world.ask(**options))["problems"]:
        remedied(world, result["problems"][0])
    assert result["deliverable"] is True


def test_given_policies_are_checked_instead_of_the_current_ones(world: World) -> None:
    world.s3.delete_bucket_policy(Bucket=BUCKET)
    world.key()
    policies = {
        "bucket_policy": {"Version": "2012-10-17", "Statement": GRANT},
        "key_policy": {"Version": "2012-10-17", "Statement": [statement("Allow", KEY_USE, "*")]},
    }
    assert world.ask()["deliverable"] is False
    assert world.ask(**policies)["deliverable"] is True
    operations = {call["operation"] for call in world.simulator.calls()}
    assert operations.isdisjoint({"GetBucketPolicy", "GetKeyPolicy"})


def test_size_is_that_of_the_bucket_policy(world: World) -> None:
    written = json.loads(world.s3.get_bucket_policy(Bucket=BUCKET)["Policy"])
    assert world.ask()["size_bytes"] == len(json.dumps(written, separators=(",", ":")))
    world.s3.delete_bucket_policy(Bucket=BUCKET)
    assert world.ask()["size_bytes"] == 0
    world.deny("GetBucketPolicy")
    assert world.ask()["size_bytes"] is None


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"destination": "arn:aws-cn:s3:::logs"}, "destination: 'arn:aws-cn:s3:::logs' is not accepted."),
        ({"account_ids": ["1"]}, "account_ids[0]: '1' is not accepted."),
        ({"account_ids": []}, "account_ids: [] is not accepted."),
        ({"regions": ["mars"]}, "regions[0]: 'mars' is not accepted."),
        ({"organization_id": "r-1"}, "organization_id: 'r-1' is not accepted."),
        ({"prefixes": ["a*"]}, "prefixes[0]: 'a*' is not accepted."),
        ({"expected_bucket_owner": "me"}, "expected_bucket_owner: 'me' is not accepted."),
        ({"bucket_policy": {"Statement": ["x"]}}, "bucket_policy: {'Statement': ['x']} is not accepted."),
        ({"key_policy": {"Statement": "x"}}, "key_policy: {'Statement': 'x'} is not accepted."),
        ({"layouts": ["flat"]}, "value of layouts must be one or more of: plain, hive"),
    ],
)
def test_bad_input_is_refused_before_the_first_call(world: World, options: dict[str, Any], words: str) -> None:
    world.simulator.clear_calls()
    result = run_module(world.simulator.url, "flow_log_destination_info", {"destination": BUCKET, **options})
    assert words in result["msg"]
    assert world.simulator.calls() == []


def test_through_ansible(world: World, ansible: AnsibleRunner) -> None:
    """As in the documentation: a task asserts the verdict and fails with its text."""
    world.s3.delete_bucket_policy(Bucket=BUCKET)
    tasks = [
        {
            "name": "Ask",
            "flowlogs.aws.flow_log_destination_info": {"destination": BUCKET, "region": REGION},
            "register": "destination",
        },
        {
            "name": "Stop",
            "ansible.builtin.assert": {
                "that": "destination.deliverable is true",
                "fail_msg": "{{ destination.summary }}",
            },
        },
    ]
    play = [{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]
    run = ansible(play, "--check", environment=world.simulator.environment(), succeeds=False)
    assert run.one("Ask")["deliverable"] is False
    assert f"Log delivery cannot write to {ARN}." in run.output
