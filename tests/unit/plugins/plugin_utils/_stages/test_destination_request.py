# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of each module for a destination."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.plugin_utils._stages.destination_request import (
    DestinationOptions,
    DestinationRequest,
    request_of,
)
from ansible_collections.flowlogs.aws.plugins.plugin_utils._stages.task import Connection, Task
from tests.unit.plugins.plugin_utils._stages.playing import BANK, OWNER, SHOP, host, refused, work_of

ARN = "arn:aws:s3:::central"
KEY = f"arn:aws:kms:eu-west-1:{OWNER}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ORGANIZATION = "o-a1b2c3d4e5"
PLAIN = DestinationRequest(name="s3/central", destination="central/network")
SOURCES = {"account_ids": [SHOP], "regions": ["eu-west-1"], "prefixes": None, "layouts": None}


def options(**more: Any) -> DestinationOptions:
    """The options for a request."""
    return DestinationOptions(replace(PLAIN, **more))


def check_taken(given: DestinationOptions) -> None:
    """Fail if a module would refuse its options."""
    calls = {
        "flow_log_destination_info": [given.first_check(), given.last_check(None), given.last_check({"Statement": []})],
        "flow_log_bucket_policy": [given.bucket_policy()],
        "flow_log_key_policy": [given.key_policy(KEY)],
    }
    for module, asked in calls.items():
        assert [refusal for one in asked if (refusal := refused(Task("x", module, one, Connection())))] == []


@pytest.mark.parametrize(
    ("destination", "region", "arn"),
    [
        ("central/network", None, "arn:aws:s3:::central"),
        ("central/network", "eu-west-1", "arn:aws:s3:::central"),
        ("central/network", "cn-north-1", "arn:aws-cn:s3:::central"),
        ("central/network", "us-gov-west-1", "arn:aws-us-gov:s3:::central"),
        # An ARN includes the partition.
        ("arn:aws-cn:s3:::central/network", "eu-west-1", "arn:aws-cn:s3:::central"),
    ],
)
def test_region_sets_the_partition_of_a_short_destination(destination: str, region: str, arn: str) -> None:
    request = replace(PLAIN, destination=destination)
    assert DestinationOptions(request, region).bucket_arn == arn
    assert DestinationOptions(replace(request, region=region)).bucket_arn == arn


def test_region_of_the_targets_precedes_that_of_the_bucket() -> None:
    assert DestinationOptions(replace(PLAIN, region="eu-west-1"), "cn-north-1").bucket_arn == "arn:aws-cn:s3:::central"


@pytest.mark.parametrize(
    ("wrong", "option"),
    [
        ({"destination": "NO BUCKET"}, "destination"),
        ({"destination": "arn:aws:ec2:::x"}, "destination"),
        ({"bucket_encryption": "alias/logs"}, "bucket_encryption"),
        # Only an existing bucket may have an old name.
        ({"destination": "Old_Logs", "create_bucket": True}, "destination"),
    ],
)
def test_refuses_invalid_destinations(wrong: dict[str, Any], option: str) -> None:
    with pytest.raises(InputError) as error:
        options(**wrong)
    assert error.value.option == option


def test_existing_bucket_may_have_an_old_name() -> None:
    assert options(destination="Old_Logs/network").bucket == "Old_Logs"


@pytest.mark.parametrize(
    ("more", "looks"),
    [({}, False), ({"create_bucket": True}, True), ({"manage_key_policy": True}, True)],
)
def test_checks_first_if_the_state_decides(more: dict[str, Any], looks: bool) -> None:
    assert replace(PLAIN, **more).checks_first is looks


def test_simple_sources_go_to_every_module() -> None:
    given = options(sources=SOURCES, expected_bucket_owner=OWNER, region="eu-central-1")
    common = {
        "regions": ["eu-west-1"],
        "prefixes": ["network"],
        "layouts": ["plain"],
        "expected_bucket_owner": OWNER,
        "region": "eu-central-1",
        "account_ids": [SHOP],
    }
    assert given.first_check() == {**common, "destination": "central/network"}
    conditions = {"acl_condition": "string_equals", "source_conditions": True}
    assert given.bucket_policy() == {**common, "bucket": "central", **conditions}
    # The options for a key have no folders. The key has its own Region.
    assert given.key_policy(KEY) == {
        "key_id": KEY,
        "region": "eu-west-1",
        "account_ids": [SHOP],
        "regions": ["eu-west-1"],
    }
    assert given.last_check(None) == {**given.first_check(), **conditions, "planned_bucket_policy": True}
    check_taken(given)


def test_prefixes_and_layouts_override_the_destination() -> None:
    given = options(sources={**SOURCES, "prefixes": ["a", "b"], "layouts": ["hive"]})
    assert (given.first_check()["prefixes"], given.first_check()["layouts"]) == (["a", "b"], ["hive"])
    # An empty list means the whole bucket.
    assert "prefixes" not in options(sources={**SOURCES, "prefixes": []}).first_check()
    by_options = options(sources=SOURCES, destination_options={"hive_compatible_partitions": True})
    assert by_options.first_check()["layouts"] == ["hive"]


def test_policies_name_the_organization_instead_of_accounts() -> None:
    given = options(sources=SOURCES, organization_id=ORGANIZATION)
    assert (given.first_check()["account_ids"], given.first_check()["organization_id"]) == ([SHOP], ORGANIZATION)
    for policy in (given.bucket_policy(), given.key_policy(KEY)):
        assert policy["organization_id"] == ORGANIZATION and "account_ids" not in policy
    check_taken(given)


def test_grants_have_their_own_prefixes_and_layouts() -> None:
    grants = [
        {"account_id": SHOP, "regions": ["eu-west-1"], "prefix": "a", "layouts": ["hive"]},
        {"account_id": BANK, "regions": None},
    ]
    given = options(grants=grants, sources={**SOURCES, "account_ids": None, "regions": None})
    whole = {"account_id": BANK, "prefix": "network", "layouts": ["plain"]}
    assert given.first_check()["grants"] == given.bucket_policy()["grants"] == [grants[0], whole]
    assert given.key_policy(KEY)["grants"] == [{"account_id": SHOP, "regions": ["eu-west-1"]}, {"account_id": BANK}]
    assert not {"prefixes", "layouts", "account_ids", "regions"} & {*given.first_check(), *given.bucket_policy()}
    check_taken(given)


def test_organization_merges_grants_that_differ_only_in_the_account() -> None:
    grants = [{"account_id": account, "regions": ["eu-west-1"], "prefix": "a"} for account in (SHOP, BANK)]
    given = options(grants=grants, organization_id=ORGANIZATION)
    assert len(given.first_check()["grants"]) == 2
    assert given.bucket_policy()["grants"] == [{"regions": ["eu-west-1"], "prefix": "a", "layouts": ["plain"]}]
    assert given.key_policy(KEY)["grants"] == [{"regions": ["eu-west-1"]}]
    check_taken(given)


@pytest.mark.parametrize("managed", [True, False])
def test_last_check_uses_the_planned_policies(managed: bool) -> None:
    policy = {"Statement": []}
    verdict = options(sources=SOURCES, manage_bucket_policy=managed, source_conditions=False).last_check(policy)
    assert (verdict["planned_bucket_policy"], verdict["key_policy"]) == (managed, policy)
    assert verdict["source_conditions"] is False
    assert "key_policy" not in options(sources=SOURCES).last_check({})


def test_new_bucket_is_private_and_has_no_policy() -> None:
    asked = options(region="eu-west-1", bucket_tags={"team": "net"}, create_bucket=True).create()
    assert asked == {
        "state": "present",
        "name": "central",
        "region": "eu-west-1",
        "tags": {"team": "net"},
        "object_ownership": "BucketOwnerEnforced",
        "public_access": {
            "block_public_acls": True,
            "ignore_public_acls": True,
            "block_public_policy": True,
            "restrict_public_buckets": True,
        },
        "encryption": "AES256",
    }
    sealed = options(bucket_encryption=KEY, create_bucket=True).create()
    assert (sealed["encryption"], sealed["encryption_key_id"]) == ("aws:kms", KEY)
    assert not {"tags", "region", "policy"} & sealed.keys()
    of_account = options(destination=f"logs-{SHOP}-eu-west-1-an", create_bucket=True).create()
    assert of_account["account_regional"] is True


def test_desired_destination() -> None:
    given = options(create_bucket=True, region="eu-west-1", manage_key_policy=True, key_apart=True, bucket_tags={})
    desired = given.desired(checked=True)
    assert (desired.bucket_arn, desired.create_bucket, desired.manage_key_policy, desired.key_apart) == (
        ARN,
        True,
        True,
        True,
    )
    assert (desired.settings["region"], desired.settings["tags"]) == ("eu-west-1", None)
    assert options(bucket_tags={"team": "net"}).desired(checked=True).settings["tags"] == {"team": "net"}
    # Without a check there is no failure.
    assert (desired.require_deliverable, given.desired(checked=False).require_deliverable) == (True, False)
    assert options(require_deliverable=False).desired(checked=True).require_deliverable is False


def test_request_of_a_bucket_of_the_inventory() -> None:
    said = {
        "create_bucket": True,
        "bucket_region": "eu-west-1",
        "bucket_encryption": KEY,
        "bucket_tags": {"team": "net"},
        "expected_bucket_owner": OWNER,
        "key_policy": True,
        "check_destination": False,
        "require_deliverable": False,
        "acl_condition": "none",
        "source_conditions": False,
    }
    (work,) = work_of(host("vpc-1", **said), host("vpc-2", account_id=BANK, region="us-east-1"))["destinations"]
    request = request_of(work)
    assert request == DestinationRequest(
        name="s3/central",
        destination=ARN,
        grants=work["grants"],
        acl_condition="none",
        source_conditions=False,
        region="eu-west-1",
        expected_bucket_owner=OWNER,
        create_bucket=True,
        bucket_encryption=KEY,
        bucket_tags={"team": "net"},
        manage_key_policy=True,
        check_destination=False,
        require_deliverable=False,
        key_apart=True,
    )
    given = DestinationOptions(request)
    assert given.bucket_policy()["grants"] == [
        {"account_id": SHOP, "regions": ["eu-west-1"], "prefix": "network", "layouts": ["plain"]},
        {"account_id": BANK, "regions": ["us-east-1"], "prefix": "network", "layouts": ["plain"]},
    ]
    check_taken(given)
    (elsewhere,) = work_of(host("vpc-1", bucket_policy=False, organization_id=ORGANIZATION))["destinations"]
    asked = request_of(elsewhere)
    assert (asked.manage_bucket_policy, asked.organization_id) == (False, ORGANIZATION)
