# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run manages each key once, for the sources of all buckets that it encrypts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.applied_results import applied_results
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.work import plan_publication
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.destinations import key_findings
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.collect import find
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.key_work import key_result
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.key_work import plan_keys
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.run_summary import summarise
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import HostVariables

OWNER, SHOP, BANK = "777788889999", "111122223333", "444455556666"
ORGANIZATION = "o-a1b2c3d4e5"
KEY = f"arn:aws:kms:eu-west-1:{OWNER}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
NAME = f"kms/{OWNER}/eu-west-1/1234abcd-12ab-34cd-56ef-1234567890ab"
OTHER_KEY = f"arn:aws:kms:us-east-1:{OWNER}:key/1234abcd-12ab-34cd-56ef-1234567890cd"
ADDED = {"added": ["AWSLogDeliveryKeyUse"], "updated": [], "removed": [], "kept": ["Root"]}


def target(name: str, account: str = SHOP, region: str = "eu-west-1", bucket: str = "a", **more: Any) -> HostVariables:
    """A target whose run may change the key policy."""
    variables = {"account_id": account, "region": region, "destination": f"bucket-{bucket}", "key_policy": True, **more}
    return HostVariables(name, {f"flow_log_{key}": value for key, value in variables.items()})


def keys(*targets: HostVariables, results: Any = None, stopped: Any = ()) -> list[dict[str, Any]]:
    """The work units of keys. Without ``results`` all buckets share one key."""
    publication = plan_publication(targets).to_dict()
    waiting = {work["name"]: {"key_apart": KEY} for work in publication["destinations"]}
    return plan_keys(publication, waiting if results is None else results, stopped)


def sources(options: dict[str, Any]) -> set[tuple[str, str]]:
    """The pairs of account or organization and Region in the options of the module."""
    items = options.get("grants") or [
        {"account_id": account, "regions": options.get("regions")} for account in options.get("account_ids") or [None]
    ]
    return {
        (options.get("organization_id") or item["account_id"], region)
        for item in items
        for region in item.get("regions") or ["*"]
    }


def test_one_work_unit_for_the_sources_of_all_buckets() -> None:
    (work,) = keys(target("vpc-1"), target("vpc-2", BANK, "us-east-1", "b"), target("vpc-3", SHOP, "eu-west-1", "c"))
    assert (work["name"], work["arn"], work["region"]) == (NAME, KEY, "eu-west-1")
    assert work["buckets"] == ["s3/bucket-a", "s3/bucket-b", "s3/bucket-c"]
    (request,) = work["requests"]
    assert request["buckets"] == work["buckets"]
    assert sources(request["options"]) == {(SHOP, "eu-west-1"), (BANK, "us-east-1")}


@given(
    pairs=st.lists(
        st.tuples(st.sampled_from([SHOP, BANK, OWNER]), st.sampled_from(["eu-west-1", "us-east-1", "eu-north-1"])),
        min_size=1,
        max_size=12,
    ),
    data=st.data(),
)
def test_one_work_unit_for_any_buckets_in_any_order(pairs: Any, data: Any) -> None:
    targets = [target(f"vpc-{at}", *pair, bucket=f"bucket-{at}") for at, pair in enumerate(pairs)]
    (work,) = keys(*data.draw(st.permutations(targets)))
    (request,) = work["requests"]
    assert sources(request["options"]) == set(pairs)
    assert len(work["buckets"]) == len(pairs)


def test_one_request_for_each_organization() -> None:
    (work,) = keys(
        target("vpc-1", organization_id=ORGANIZATION, regions=[]),
        target("vpc-2", BANK, bucket="b"),
        target("vpc-3", OWNER, bucket="c", organization_id=ORGANIZATION),
    )
    assert [(request["buckets"], sources(request["options"])) for request in work["requests"]] == [
        (["s3/bucket-b"], {(BANK, "eu-west-1")}),
        (["s3/bucket-a", "s3/bucket-c"], {(ORGANIZATION, "*")}),
    ]


def test_one_work_unit_for_each_key() -> None:
    targets = [target("vpc-1"), target("vpc-2", bucket="b"), target("vpc-3", bucket="c"), target("vpc-4", bucket="d")]
    results = {
        "s3/bucket-a": {"key_apart": KEY},
        "s3/bucket-b": {"key_apart": OTHER_KEY},
        "s3/bucket-c": {"key_apart": None},
    }
    assert [work["arn"] for work in keys(*targets, results=results)] == [KEY, OTHER_KEY]
    assert [work["arn"] for work in keys(*targets, results=results, stopped={"s3/bucket-a": "denied"})] == [OTHER_KEY]


@pytest.mark.parametrize(
    ("targets", "owners", "expected"),
    [
        ([target("vpc-1"), target("vpc-2", bucket="b")], {}, ("vpc-1", "flow_log_bucket_aws")),
        ([target("vpc-1"), target("vpc-2", bucket="b")], {"s3/bucket-b": OWNER}, ("vpc-2", "flow_log_bucket_aws")),
        (
            [target("vpc-1"), target("vpc-2", bucket="b", key_aws={"profile": "keys"})],
            {"s3/bucket-a": OWNER},
            ("vpc-2", "flow_log_key_aws"),
        ),
    ],
)
def test_credentials_for_the_key(targets: Any, owners: Any, expected: Any) -> None:
    results = {name: {"key_apart": KEY, "bucket_owner": owners.get(name)} for name in ("s3/bucket-a", "s3/bucket-b")}
    (work,) = keys(*targets, results=results)
    assert (work["credentials_of"], work["credentials"]) == expected


GRANT = {"account_id": "111122223333", "region": "*", "folder": None, "layout": None}


def test_combines_the_results_of_all_requests() -> None:
    put = {"action": "put_policy", "target": KEY}
    done = {"changed": True, "actions": [put], "statements": ADDED, "missing_grants": [GRANT]}
    denied = {"failed": True, "changed": False, "msg": "denied", "actions": [], "unsuccessful": [{"code": "X"}]}
    assert key_result([done, {"skipped": True}, denied]) == {
        "changed": True,
        "failed": True,
        "msg": "denied",
        "actions": [put],
        "unsuccessful": [{"code": "X"}],
        "statements": ADDED,
        "missing_grants": [GRANT],
    }
    assert key_result([{"failed": True}])["msg"] == "The task failed and did not say why."


def finding(result: Any) -> tuple[str, str, Any]:
    """Class, account and planned action of the finding about the key."""
    (work,) = keys(target("vpc-1"), target("vpc-2", bucket="b"))
    (found,) = key_findings(work, result)
    assert (found.target, found.region) == (KEY, "eu-west-1")
    return found.finding, str(found.account_id), found.planned_action


def test_one_finding_for_a_key() -> None:
    drifted = key_result([{"changed": True, "actions": [{"action": "put_policy"}], "statements": ADDED}])
    assert finding(drifted) == ("policy_drift", OWNER, "put_policy")
    assert finding(applied_results({"keys": {NAME: drifted}})["keys"][NAME]) == ("in_sync", OWNER, None)
    assert finding(key_result([{"failed": True, "msg": "denied"}])) == ("unknown", OWNER, None)
    assert finding(None) == ("not_evaluated", OWNER, None)


def test_run_counts_a_key_once() -> None:
    publication = plan_publication([target("vpc-1"), target("vpc-2", bucket="b")]).to_dict()
    waiting = {work["name"]: {"key_apart": KEY, "actions": []} for work in publication["destinations"]}
    publication = {**publication, "keys": plan_keys(publication, waiting)}
    batches = {batch["name"]: {"actions": []} for batch in publication["batches"]}
    key = key_result([{"changed": True, "actions": [{"action": "put_policy"}], "statements": ADDED}])
    made = summarise(publication, {"destinations": waiting, "batches": batches, "keys": {NAME: key}})
    assert (made["actions"], made["failures"]) == ({"put_policy": 1}, [])
    assert [row.target for row in find(publication, {"keys": {NAME: key}}) if row.target_type == "Key"] == [KEY]

    missing = summarise(publication, {"destinations": waiting, "batches": batches})
    assert missing["failures"] == [{"host": "vpc-1", "pattern": "vpc-1", "message": f"{NAME}: did not run"}]
