# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Templates in connection options are rendered for their own host, in every play."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

from tests.integration.support.ansible_run import AnsibleRunner
from tests.integration.support.publication import findings
from tests.integration.support.publication import line
from tests.integration.support.publication import write_inventory
from tests.simulator.client import SECRET_KEY
from tests.simulator.client import SimulatorProcess

PUBLISH, DRIFT = "flowlogs.aws.publish_to_s3", "flowlogs.aws.drift_report"
CALLER_ACCOUNT, KEY_ID = "123456789012", "AKIAFLEETAUTOMATIONA"
CALLER = f"arn:aws:iam::{CALLER_ACCOUNT}:user/automation"
#: The account that the variables of all hosts name; it is empty, but its roles can be assumed.
DEFAULT, SHOP, BANK = "300000000000", "300000000001", "300000000002"
KEY = f"arn:aws:kms:eu-west-1:{BANK}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
BUCKET, SHOP_VPC, BANK_VPC = "arn:aws:s3:::templated-logs", "vpc-0a000000000000001", "vpc-0b000000000000001"
ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": CALLER}, "Action": "sts:AssumeRole"}],
}


def roles(*names: str) -> list[dict[str, Any]]:
    """Return roles with full access that the caller may assume."""
    return [{"name": name, "trust": TRUST, "policies": {"all": ALL}} for name in names]


def vpc(resource_id: str) -> dict[str, Any]:
    """Return a VPC in eu-west-1."""
    return {"eu-west-1": {"vpcs": [{"id": resource_id}]}}


SEED = {
    "accounts": {
        CALLER_ACCOUNT: {"users": [{"name": "automation", "access_key": KEY_ID, "policies": {"all": ALL}}]},
        DEFAULT: {"roles": roles("network", "buckets", "keys")},
        SHOP: {"roles": roles("network", "buckets", "keys") + [{"name": "publisher"}], "regions": vpc(SHOP_VPC)},
        BANK: {
            "roles": roles("network", "buckets", "keys") + [{"name": "publisher"}],
            "regions": vpc(BANK_VPC),
            "buckets": [
                {"name": "templated-logs", "region": "eu-west-1", "encryption": {"algorithm": "aws:kms", "key": KEY}}
            ],
            "keys": [{"id": KEY.rsplit("/", 1)[1], "region": "eu-west-1"}],
        },
    }
}
INVENTORY = {
    "all": {
        "vars": {
            "acct": DEFAULT,
            "archive_account": DEFAULT,
            "key_account": DEFAULT,
            "flow_log_region": "eu-west-1",
            "flow_log_aws": {"assume_role_arn": "arn:aws:iam::{{ acct }}:role/network"},
            "flow_log_bucket_aws": {"assume_role_arn": "arn:aws:iam::{{ archive_account }}:role/buckets"},
            "flow_log_key_aws": {"assume_role_arn": "arn:aws:iam::{{ key_account }}:role/keys"},
            "flow_log_destination": BUCKET,
            "flow_log_key_policy": True,
            "flow_log_preflight": True,
            "flow_log_permission_principals": [{"type": "role", "name": "publisher"}],
        },
        "children": {
            "prod": {
                "vars": {"archive_account": BANK, "key_account": BANK},
                "hosts": {
                    SHOP_VPC: {"acct": SHOP, "flow_log_account_id": SHOP},
                    BANK_VPC: {
                        "flow_log_account_id": BANK,
                        "flow_log_aws": {"assume_role_arn": "arn:aws:iam::{{ flow_log_account_id }}:role/network"},
                    },
                },
            },
        },
    }
}


def test_each_host_uses_its_own_role_in_all_plays(ansible: AnsibleRunner, simulator: SimulatorProcess) -> None:
    """Test all stages; a host with a failing template is left out and named."""
    simulator.seed(SEED)
    simulator.enforce()
    document = json.loads(json.dumps(INVENTORY))
    wrong = {"flow_log_account_id": SHOP, "flow_log_aws": {"assume_role_arn": "{{ nobody_set_this }}"}}
    document["all"]["children"]["prod"]["hosts"]["vpc-0c000000000000001"] = wrong
    keys = {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET_KEY, "AWS_ENDPOINT_URL": simulator.url}
    where = write_inventory(ansible.folder, document)
    more = {"flow_log_with_report": True, "flow_log_delivery_hours": 24}
    done = ansible(PUBLISH, "-i", where, "-vvv", environment=keys, variables=more, succeeds=False)
    assert line(done, "flow logs:").endswith("failed=1")
    failures = {item["host"] for item in done.results if item["status"] == "failed"}
    assert failures == {"vpc-0c000000000000001"}

    with urllib.request.urlopen(f"{simulator.url}/moto-api/data.json") as answer:
        sessions = json.load(answer)["sts"]["AssumedRole"]
    assert {item["role_arn"] for item in sessions} == {
        *(f"arn:aws:iam::{account}:role/network" for account in (SHOP, BANK)),
        f"arn:aws:iam::{BANK}:role/buckets",
        f"arn:aws:iam::{BANK}:role/keys",
    }
    assert {(call["account"], call["operation"]) for call in simulator.calls(write=True)} == {
        (SHOP, "PutRolePolicy"),
        (BANK, "PutRolePolicy"),
        (BANK, "PutBucketPolicy"),
        (BANK, "PutKeyPolicy"),
        (SHOP, "CreateFlowLogs"),
        (BANK, "CreateFlowLogs"),
    }
    assert simulator.calls(account=DEFAULT) == []
    for secret in (item[name] for item in sessions for name in ("secret_access_key", "session_token")):
        assert secret not in f"{done.output} {done.results}"

    ansible(DRIFT, "-i", where, environment=keys)
    found = findings(ansible.folder)
    assert found.keys() == {"in_sync", "not_evaluated"}
    assert found["not_evaluated"] == {"vpc-0c000000000000001"}
    assert {SHOP_VPC, BANK_VPC, BUCKET, KEY} <= found["in_sync"]
