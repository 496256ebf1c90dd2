# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The destination in the role and the playbooks: bucket, bucket policy, key policy, and the destination check."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.integration.support.ansible_run import AnsibleRun
from tests.integration.support.ansible_run import AnsibleRunner
from tests.integration.support.publication import ARCHIVE
from tests.integration.support.publication import BANK
from tests.integration.support.publication import BANK_VPC
from tests.integration.support.publication import SHOP
from tests.integration.support.publication import SHOP_VPCS
from tests.integration.support.publication import Stage
from tests.integration.support.publication import bucket_statements
from tests.integration.support.publication import client
from tests.integration.support.publication import environment
from tests.integration.support.publication import findings
from tests.integration.support.publication import flow_logs
from tests.integration.support.publication import inventory
from tests.integration.support.publication import line
from tests.integration.support.publication import report
from tests.simulator.client import SimulatorProcess

PUBLISH, DRIFT, RETIRE = "flowlogs.aws.publish_to_s3", "flowlogs.aws.drift_report", "flowlogs.aws.retire"
KEY_ID, SHOP_KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab", "1234abcd-12ab-34cd-56ef-1234567890cd"
KEY, SHOP_KEY = f"arn:aws:kms:eu-west-1:{ARCHIVE}:key/{KEY_ID}", f"arn:aws:kms:eu-west-1:{SHOP}:key/{SHOP_KEY_ID}"
ORGANIZATION = "o-a1b2c3d4e5"
ENCRYPTED = {"algorithm": "aws:kms", "key": KEY}
# The calls that read a bucket, its policy and its key, as in the guide on speed and scale.
LOOK_AT_BUCKET = [
    "GetCallerIdentity",
    "HeadBucket",
    "GetBucketEncryption",
    "GetBucketOwnershipControls",
    "GetBucketRequestPayment",
    "GetPublicAccessBlock",
]
LOOK_AT_KEY = ["DescribeKey", "GetKeyPolicy"]
# Added to the fleet of publication: encrypted buckets, a bucket that cannot receive flow logs, and the keys.
SEED = {
    "accounts": {
        ARCHIVE: {
            "buckets": [
                {"name": "sealed-logs", "region": "eu-west-1", "encryption": ENCRYPTED},
                {"name": "sealed-too", "region": "eu-west-1", "encryption": ENCRYPTED},
                {"name": "shop-key-logs", "region": "eu-west-1", "encryption": {**ENCRYPTED, "key": SHOP_KEY}},
                {"name": "paid-logs", "region": "eu-west-1", "requester_pays": True},
            ],
            "keys": [{"id": KEY_ID, "region": "eu-west-1"}],
        },
        SHOP: {"keys": [{"id": SHOP_KEY_ID, "region": "eu-west-1"}]},
    }
}
#: Extra variables that a user may expect to make a report write.
HOSTILE = {
    "ansible_check_mode": False,
    "flow_log_only_check": False,
    "__publish_to_s3_check_mode": False,
    "__publish_to_s3_would_create": False,
}
COMMON = {
    "region": "eu-west-1",
    "aws": {"profile": "shop"},
    "bucket_aws": {"profile": "archive"},
    "account_ids": [SHOP],
    "regions": ["eu-west-1"],
}


@pytest.fixture(name="stage")
def _stage(ansible: AnsibleRunner, simulator: SimulatorProcess) -> Stage:
    stage = Stage(ansible, simulator)
    simulator.seed(SEED)
    return stage


def role(name: str, entry_point: str = "destination", **variables: Any) -> dict[str, Any]:
    """Return tasks that run the role and show its result under a name, even after a failure."""
    given = {f"publish_to_s3_{key}": value for key, value in {**COMMON, **variables}.items()}
    include = {"name": "flowlogs.aws.publish_to_s3", "tasks_from": entry_point}
    return {
        "block": [{"name": "Run the role", "ansible.builtin.include_role": include, "vars": given}],
        "rescue": [{"name": "Go on", "ansible.builtin.meta": "noop"}],
        "always": [{"name": name, "ansible.builtin.debug": {"msg": "{{ publish_to_s3_destination_result }}"}}],
    }


def run(stage: Stage, tasks: list[dict[str, Any]], *arguments: str) -> AnsibleRun:
    """Run tasks on localhost with an empty call log."""
    stage.simulator.clear_calls()
    play = [{"name": "Play", "hosts": "localhost", "gather_facts": False, "tasks": tasks}]
    return stage.ansible(play, *arguments, environment=environment(stage.folder, stage.simulator))


def result_of(done: AnsibleRun, name: str) -> dict[str, Any]:
    """Return the result that the role set."""
    return done.one(name)["msg"]


def kinds(result: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the actions and what they changed."""
    return [(action["action"], action["target"]) for action in result["actions"]]


def key_statements(simulator: SimulatorProcess, arn: str = KEY, account: str = ARCHIVE) -> list[dict[str, Any]]:
    """Return the statements of a key policy that grant access to log delivery."""
    text = client(simulator, "kms", account).get_key_policy(KeyId=arn, PolicyName="default")["Policy"]
    return [item for item in json.loads(text)["Statement"] if "delivery.logs" in str(item["Principal"])]


# -- the role -----------------------------------------------------------------------------------------------------


def test_bucket_is_created_private_and_encrypted_as_predicted_and_receives_flow_logs(stage: Stage) -> None:
    tasks = [
        role(
            "Made",
            "main",
            resource_ids=SHOP_VPCS,
            destination="new-logs/shop",
            create_bucket=True,
            bucket_encryption=KEY,
            bucket_tags={"Team": "network"},
            manage_key_policy=True,
            expected_bucket_owner=ARCHIVE,
        )
    ]
    bucket = "arn:aws:s3:::new-logs"
    predicted = run(stage, tasks, "--check", "--diff")
    assert stage.writes() == []
    assert re.search(r"create_bucket arn:aws:s3:::new-logs \(.*region: \"eu-west-1\"", predicted.output)
    planned = result_of(predicted, "Made")
    assert kinds(planned) == [("create_bucket", bucket), ("put_policy", bucket), ("put_policy", KEY)]
    assert (planned["changed"], planned["failed"], planned["deliverable"]) == (True, False, None)

    made = result_of(run(stage, tasks), "Made")
    assert kinds(made) == kinds(planned)
    assert made["actions"][0] == planned["actions"][0]
    assert made["diff"]["after"]["bucket"] == planned["diff"]["after"]["bucket"]
    assert (made["deliverable"], made["encryption"]["key_arn"]) == (True, KEY)
    assert stage.writes()[0] == "CreateBucket" and stage.writes()[-1] == "CreateFlowLogs"
    _is_private_and_encrypted(client(stage.simulator, "s3", ARCHIVE), made["actions"][0]["changes"])
    assert len(bucket_statements(stage.simulator, "new-logs")) == 2
    assert stage.simulator.deliver()["failed"] == {}

    again = result_of(run(stage, tasks), "Made")
    assert stage.writes() == []
    assert (again["changed"], again["actions"], again["deliverable"]) == (False, [], True)


def _is_private_and_encrypted(s3: Any, changes: list[dict[str, Any]]) -> None:
    (rule,) = s3.get_bucket_encryption(Bucket="new-logs")["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}
    assert set(s3.get_public_access_block(Bucket="new-logs")["PublicAccessBlockConfiguration"].values()) == {True}
    (ownership,) = s3.get_bucket_ownership_controls(Bucket="new-logs")["OwnershipControls"]["Rules"]
    assert ownership == {"ObjectOwnership": "BucketOwnerEnforced"}
    assert s3.get_bucket_tagging(Bucket="new-logs")["TagSet"] == [{"Key": "Team", "Value": "network"}]
    reported = {change["field"]: change["desired"] for change in changes}
    assert reported["tags"] == {"Team": "network"}
    assert (reported["encryption"], reported["encryption_key_id"], reported["region"]) == ("aws:kms", KEY, "eu-west-1")


def test_key_policy_changes_only_with_consent_and_without_it_no_flow_log_is_created(stage: Stage) -> None:
    sealed = {"destination": "sealed-logs/shop"}
    without = [
        role("Stopped", "main", resource_ids=SHOP_VPCS, **sealed),
        role("Going on", **sealed, require_deliverable=False),
        role("Not asked", **sealed, check_destination=False),
    ]
    done = run(stage, without)
    calls = stage.simulator.operations()
    written = ["GetBucketPolicy"] * 2 + ["PutBucketPolicy"] + ["GetBucketPolicy"] * 2
    assert calls[:14] == [*written, *LOOK_AT_BUCKET, "GetBucketPolicy", *LOOK_AT_KEY]
    assert key_statements(stage.simulator) == []
    assert flow_logs(stage.simulator, SHOP) == {}
    stopped, going_on, not_asked = (result_of(done, name) for name in ("Stopped", "Going on", "Not asked"))
    assert (stopped["failed"], stopped["deliverable"]) == (True, False)
    assert kinds(stopped) == [("put_policy", "arn:aws:s3:::sealed-logs")]
    assert stopped["diff"]["after"]["bucket_policy"]["Statement"]
    assert [(item["target"], item["code"]) for item in stopped["unsuccessful"]] == [
        ("arn:aws:s3:::sealed-logs", "KeyNotGranted")
    ]
    assert "KeyNotGranted" in stopped["msg"] and "publish_to_s3_manage_key_policy" in stopped["msg"]
    assert (going_on["failed"], going_on["deliverable"]) == (False, False)
    assert (not_asked["failed"], not_asked["deliverable"]) == (False, None)
    assert done.output.count("Log delivery cannot write to arn:aws:s3:::sealed-logs") >= 2

    consent = [role("Predicted", **sealed, manage_key_policy=True)]
    predicted = result_of(run(stage, consent, "--check"), "Predicted")
    assert stage.writes() == []
    assert (kinds(predicted), predicted["deliverable"]) == ([("put_policy", KEY)], True)
    done = run(
        stage,
        [
            role("Agreed", "main", resource_ids=SHOP_VPCS, **sealed, manage_key_policy=True),
            role("Again", **sealed, manage_key_policy=True),
        ],
    )
    assert stage.writes() == ["PutKeyPolicy", "CreateFlowLogs"]
    calls = stage.simulator.operations()
    last = calls[len(calls) - calls[::-1].index("DescribeFlowLogs") :]
    assert last == [
        *LOOK_AT_BUCKET,
        "GetBucketPolicy",
        *LOOK_AT_KEY,
        "GetBucketPolicy",
        "GetCallerIdentity",
        *LOOK_AT_KEY,
    ]
    agreed, again = result_of(done, "Agreed"), result_of(done, "Again")
    assert {**agreed, "actions": kinds(agreed)} == {**predicted, "actions": kinds(predicted)}
    assert (again["changed"], again["deliverable"], again["key"]["changed"]) == (False, True, False)
    assert stage.simulator.deliver()["failed"] == {}


def test_keys_of_other_accounts_organizations_and_blocked_destinations(stage: Stage) -> None:
    """Check several destinations in one run, since playbooks use the role in loops."""
    consent = {"manage_key_policy": True}
    wrong = {"create_bucket": True, "expected_bucket_owner": SHOP}
    unlike = {"create_bucket": True, "bucket_encryption": "AES256", "bucket_tags": {"a": "b"}}
    done = run(
        stage,
        [
            role("Key of another account", destination="shop-key-logs", **consent, key_aws={"profile": "shop"}),
            role("Key with the wrong credentials", destination="shop-key-logs", **consent),
            role("Organization", destination="sealed-too/all", **consent, organization_id=ORGANIZATION),
            role("Requester pays", destination="paid-logs"),
            role("In a wrong account", destination="new-logs", **wrong),
            role("Not there", destination="new-logs", manage_bucket_policy=False),
            role("Taken", destination="operations-logs", create_bucket=True, bucket_aws={"profile": "shop"}),
            role("Existing", destination="sealed-logs", **unlike, require_deliverable=False),
            role("Not managed", destination="audit-logs", manage_bucket_policy=False),
        ],
    )
    calls = stage.simulator.operations()
    shop_key = result_of(done, "Key of another account")
    assert kinds(shop_key) == [("put_policy", "arn:aws:s3:::shop-key-logs"), ("put_policy", SHOP_KEY)]
    assert len(key_statements(stage.simulator, SHOP_KEY, SHOP)) == 1
    assert (shop_key["deliverable"], shop_key["problems"]) == (True, [])
    refused = result_of(done, "Key with the wrong credentials")
    assert refused["failed"] and "KeyOfAnotherAccount" in refused["msg"]

    organization = result_of(done, "Organization")
    assert (organization["failed"], organization["deliverable"]) == (False, True)
    assert "aws:SourceOrgID" in str(bucket_statements(stage.simulator, "sealed-too"))
    assert "aws:SourceOrgID" in str(key_statements(stage.simulator))

    paid = result_of(done, "Requester pays")
    assert paid["failed"] and "RequesterPays" in paid["msg"]
    assert f"would create it in {ARCHIVE}" in result_of(done, "In a wrong account")["msg"]
    assert "publish_to_s3_create_bucket" in result_of(done, "Not there")["msg"]
    unmanaged = result_of(done, "Not managed")
    assert unmanaged["failed"] and "flow_log_bucket_policy" in unmanaged["msg"]
    assert calls[-7:] == [*LOOK_AT_BUCKET, "GetBucketPolicy"]
    existing = result_of(done, "Existing")
    assert (kinds(existing), existing["bucket_created"]) == ([("put_policy", "arn:aws:s3:::sealed-logs")], False)
    assert result_of(done, "Taken")["failed"]
    # The role creates no bucket without consent, and changes only the policy of an existing bucket.
    assert set(stage.writes()) == {"PutBucketPolicy", "PutKeyPolicy"}
    assert stage.writes().count("PutBucketPolicy") == 4


# -- the playbooks ------------------------------------------------------------------------------------------------


def two_buckets_with_one_key(**variables: Any) -> dict[str, Any]:
    """Return an inventory of two accounts and two buckets with one key; both accounts use the first bucket."""
    document = inventory()
    operations, audit = (document["all"]["children"][name] for name in ("operations", "audit"))
    operations["vars"]["flow_log_destination"] = "sealed-logs/network"
    audit["vars"]["flow_log_destination"] = "sealed-too"
    document["all"]["vars"].update({f"flow_log_{name}": value for name, value in variables.items()})
    return document


def test_key_policy_grants_all_sources_and_retiring_keeps_it(stage: Stage) -> None:
    document = two_buckets_with_one_key(key_policy=True)
    stage(DRIFT, document)
    assert stage.writes() == []
    drift = findings(stage.folder)
    assert drift["policy_drift"] == {"arn:aws:s3:::sealed-logs", "arn:aws:s3:::sealed-too", KEY}
    assert drift.keys() == {"missing", "policy_drift"}
    assert [row["target"] for row in report(stage.folder)["findings"]].count(KEY) == 1

    done = stage(PUBLISH, document)
    assert "put_policy=3 failed=0" in line(done, "flow logs:")
    statements = str(key_statements(stage.simulator))
    for account, region in ((SHOP, "eu-west-1"), (SHOP, "us-east-1"), (BANK, "eu-west-1")):
        assert f"arn:aws:logs:{region}:{account}:*" in statements
    assert stage.simulator.deliver()["failed"] == {}

    stage(DRIFT, document)
    assert report(stage.folder)["verdict"] == "in_sync"
    assert KEY in findings(stage.folder)["in_sync"]

    before = key_statements(stage.simulator), bucket_statements(stage.simulator, "sealed-logs")
    stage(RETIRE, document, variables={"flow_log_retire": True})
    assert set(stage.writes()) == {"DeleteFlowLogs"}
    assert (key_statements(stage.simulator), bucket_statements(stage.simulator, "sealed-logs")) == before


def test_blocked_bucket_stops_only_its_batches_with_the_message_of_the_destination_check(stage: Stage) -> None:
    document = two_buckets_with_one_key()
    document["all"]["children"]["audit"]["vars"]["flow_log_destination"] = "new-logs"
    creating = {"create_bucket": True, "bucket_region": "eu-west-1"}
    document["all"]["children"]["audit"]["vars"].update({f"flow_log_{key}": value for key, value in creating.items()})
    stage(DRIFT, document, variables=HOSTILE)
    assert stage.writes() == []
    drift = findings(stage.folder)
    assert drift["failed_delivery"] == {"arn:aws:s3:::sealed-logs"}
    assert "arn:aws:s3:::new-logs" in drift["missing"]
    (row,) = [row for row in report(stage.folder)["findings"] if row["finding"] == "failed_delivery"]
    assert "KeyNotGranted" in row["evidence"] and "flow_log_key_policy" in row["remedy"]

    predicted = stage(PUBLISH, document, "--check", succeeds=False)
    assert stage.writes() == []
    run_for_real = stage(PUBLISH, document, succeeds=False)
    assert line(predicted, "flow logs:") == line(run_for_real, "flow logs:")
    assert "create_bucket=1" in line(run_for_real, "flow logs:")
    assert flow_logs(stage.simulator, SHOP) == flow_logs(stage.simulator, BANK) == {}
    assert len(flow_logs(stage.simulator, SHOP, "us-east-1")) == 2
    recap = run_for_real.output[run_for_real.output.index("Fail with the reasons for this host") :]
    assert "Log delivery cannot write to arn:aws:s3:::sealed-logs" in recap
    assert "in an inventory flow_log_key_policy, to true" in recap

    document["all"]["vars"]["flow_log_require_deliverable"] = False
    assert "failed=0" in line(stage(PUBLISH, document), "flow logs:")
    assert sorted(flow_logs(stage.simulator, BANK)) == [BANK_VPC]


def test_bucket_policies_are_checked_quickly_and_never_masked(
    ansible: AnsibleRunner, simulator: SimulatorProcess
) -> None:
    """Check complex third-party statements, with a secret (``test``) that Ansible masks in module results."""
    bucket = "test-flow-logs"
    hard = ["*?" * 300, "*a" * 300 + "x", "b********x"]
    third_party = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": f"arn:aws:s3:::{bucket}/*"}
    statements = [
        {**third_party, **change}
        for text in hard
        for change in (
            {"Action": f"s3:{text}"},
            {"Resource": f"arn:aws:s3:::{bucket}/other/{text}"},
            {"Condition": {"ArnLike": {"aws:SourceArn": f"arn:aws:{text}:*:*:*"}}},
        )
    ]
    policy = {"Version": "2012-10-17", "Statement": statements}
    tied = {"StringEquals": {"aws:SourceAccount": ARCHIVE}}
    wide = {"Sid": "Wide", "Effect": "Allow", "Principal": {"Service": "delivery.logs.amazonaws.com"}, "Action": "s3:*"}
    wide |= {"Resource": ["arn:aws:s3:::wide-logs", "arn:aws:s3:::wide-logs/*"], "Condition": tied}
    buckets = [
        {"name": bucket, "region": "eu-west-1", "policy": policy},
        {"name": "wide-logs", "region": "eu-west-1", "policy": {"Version": "2012-10-17", "Statement": [wide]}},
    ]
    simulator.seed({"accounts": {ARCHIVE: {"buckets": buckets}}})
    settings = {**simulator.environment("eu-west-1"), "AWS_SECRET_ACCESS_KEY": "test"}
    own = {"aws": {}, "bucket_aws": {}, "account_ids": [ARCHIVE]}
    tasks = [role("Done", destination=f"{bucket}/net", **own), role("Wide", destination="wide-logs", **own)]
    play = [{"name": "Play", "hosts": "localhost", "gather_facts": False, "tasks": tasks}]

    predicted = result_of(ansible(play, "--check", environment=settings), "Done")
    assert simulator.operations(write=True) == []
    run_for_real = ansible(play, environment=settings)
    done, too_wide = result_of(run_for_real, "Done"), result_of(run_for_real, "Wide")
    assert simulator.operations(write=True) == ["PutBucketPolicy"]
    # Neither the shown policy nor the checked one is masked.
    assert f"arn:aws:s3:::{bucket}" in json.dumps(done["policy"])
    assert (done["deliverable"], done["problems"], done["failed"]) == (True, [], False)
    assert (predicted["deliverable"], predicted["problems"]) == (True, [])
    assert [item["action"] for item in predicted["actions"]] == [item["action"] for item in done["actions"]]
    # A statement that is too wide still allows delivery, with a warning.
    (check,) = too_wide["grants_too_much"]
    assert (too_wide["deliverable"], check["code"]) == (True, "GrantsTooMuch")
    output = " ".join(run_for_real.output.split())
    assert (
        "[WARNING]" in output and "wide-logs grants more than log delivery needs. Statement Wide: it allows" in output
    )
