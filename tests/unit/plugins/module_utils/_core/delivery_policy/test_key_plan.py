# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan of a key policy changes no third-party statement and locks out no administrator.

The simulator's evaluator, which does not share code with the collection, evaluates the policies.
"""

from __future__ import annotations

import copy
import itertools
import json
from dataclasses import replace
from typing import Any, Dict, List

import pytest
from hypothesis import given, settings, strategies as st

from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import Unsuccessful
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.key_options import wanted_key_use
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.key_plan import (
    MAX_KEY_POLICY_BYTES,
    key_policy_size,
    key_policy_text,
    plan_key_policy,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.kms_key import (
    Key,
    key_from_metadata,
    key_problems,
    other_account_problem,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.merge import (
    PolicyPlan,
    grants_as_dicts,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.error_hints.key_policy import key_policy_error_hint
from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from tests.simulator.policy_evaluation import decide
from tests.unit.plugins.module_utils._core.delivery_policy.test_policy_agreement import KEY_ACTIONS

OWNER, SHOP, BANK = "777788889999", "111122223333", "444455556666"
ACCOUNTS = (SHOP, BANK, OWNER)
REGIONS = ("eu-west-1", "us-east-1")
KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
KEY = Key(
    f"arn:aws:kms:eu-west-1:{OWNER}:key/{KEY_ID}", OWNER, "Enabled", "CUSTOMER", "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT"
)
SERVICE = {"Service": "delivery.logs.amazonaws.com"}
ACTIONS = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
ADMIN = {
    "Sid": "Enable IAM User Permissions",
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{OWNER}:root"},
    "Action": "kms:*",
    "Resource": "*",
}
TRAIL = {
    "Sid": "Trail",
    "Effect": "Allow",
    "Principal": {"Service": "cloudtrail.amazonaws.com"},
    "Action": "kms:GenerateDataKey*",
    "Resource": "*",
    "Condition": {"StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": f"arn:aws:cloudtrail:*:{OWNER}:trail/*"}},
}


def policy(*statements: Any) -> Dict[str, Any]:
    return {"Version": "2012-10-17", "Id": "key-default-1", "Statement": [ADMIN, *statements]}


PLAIN = policy(TRAIL)


def wanted(**options: Any) -> Any:
    given_options = {"key_id": KEY.arn, **({} if "organization_id" in options else {"account_ids": [SHOP]}), **options}
    return wanted_key_use(given_options, "aws", "eu-west-1")


def plan(document: Any, key: Key = KEY, **options: Any) -> PolicyPlan:
    return plan_key_policy(copy.deepcopy(document), wanted(**options), key)


def after(document: Any, **options: Any) -> Dict[str, Any]:
    result = plan(document, **options).after
    assert result is not None
    return dict(result)


def use(**changes: Any) -> Dict[str, Any]:
    """A statement as AWS documents it, with the Sid of AWS's guide."""
    condition = {"StringEquals": {"aws:SourceAccount": SHOP}, "ArnLike": {"aws:SourceArn": f"arn:aws:logs:*:{SHOP}:*"}}
    return {
        "Sid": "Allow Logs Delivery to use the key",
        "Effect": "Allow",
        "Principal": SERVICE,
        "Action": ACTIONS,
        "Resource": "*",
        "Condition": condition,
        **changes,
    }


def may_use(document: Any, account: str, region: str) -> bool:
    """Whether the service can make all requests for flow logs of one account and Region."""
    context = {"aws:SourceAccount": account, "aws:SourceArn": f"arn:aws:logs:{region}:{account}:delivery-source:x"}
    return all(decide(document, SERVICE["Service"], action, KEY.arn, context) == "allow" for action in KEY_ACTIONS)


def grants(document: Any) -> Dict[Any, bool]:
    return {pair: may_use(document, *pair) for pair in itertools.product(ACCOUNTS, REGIONS)}


# --- adding ---


def test_new_statement_is_the_documented_one() -> None:
    assert after(PLAIN)["Statement"] == [ADMIN, TRAIL, use(Sid="AWSLogDeliveryKeyUse")]


def test_accounts_and_regions_share_a_statement() -> None:
    (added,) = after(policy(), account_ids=[SHOP, BANK], regions=["eu-west-1", "us-east-1"])["Statement"][1:]
    assert added["Condition"] == {
        "StringEquals": {"aws:SourceAccount": [SHOP, BANK]},
        "ArnLike": {
            "aws:SourceArn": [f"arn:aws:logs:{region}:{account}:*" for account in (SHOP, BANK) for region in REGIONS]
        },
    }


def test_an_organization_is_named_by_its_id() -> None:
    (added,) = after(policy(), organization_id="o-a1b2c3d4e5")["Statement"][1:]
    assert added["Condition"] == {
        "StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"},
        "ArnLike": {"aws:SourceArn": "arn:aws:logs:*:*:*"},
    }
    assert not plan(policy(added), organization_id="o-a1b2c3d4e5").changes


@pytest.mark.parametrize(("partition", "region"), [("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")])
def test_other_partitions_have_their_own_arns(partition: str, region: str) -> None:
    options = wanted_key_use({"key_id": KEY_ID, "account_ids": [SHOP]}, partition, region)
    key = replace(KEY, arn=f"arn:{partition}:kms:{region}:{OWNER}:key/{KEY_ID}")
    document = plan_key_policy(policy(), options, key).after
    assert document and document["Statement"][1]["Condition"]["ArnLike"] == {
        "aws:SourceArn": f"arn:{partition}:logs:*:{SHOP}:*"
    }
    assert not plan_key_policy(document, options, key).changes


GRANTED = {
    "as documented": use(),
    "single values in lists": use(Resource=["*"], Principal={"Service": [SERVICE["Service"]]}),
    "every action": use(Action="kms:*"),
    "other case": use(Action=[action.upper() for action in ACTIONS]),
    "operations one by one": use(Action=list(KEY_ACTIONS)),
    "the key by its ARN": use(Resource=KEY.arn),
    "without conditions": {name: value for name, value in use().items() if name != "Condition"},
    "the account only": use(Condition={"StringEquals": {"AWS:SourceAccount": [BANK, SHOP]}}),
    "wildcards": use(Condition={"ArnLike": {"aws:SourceArn": "arn:*:logs:*:*:*"}}),
}


@pytest.mark.parametrize("case", GRANTED)
@pytest.mark.parametrize("regions", [None, ["eu-west-1"]])
def test_third_party_grants_count(case: str, regions: Any) -> None:
    result = plan(policy(GRANTED[case]), regions=regions)
    assert (result.changes, result.warnings, result.actions) == ((), (), ())


NOT_GRANTED = {
    "another account": use(Condition={"StringEquals": {"aws:SourceAccount": BANK}}),
    "another service": use(Principal={"Service": "logs.amazonaws.com"}),
    "one action only": use(Action="kms:GenerateDataKey"),
    "another key": use(Resource=KEY.arn[:-1] + "0"),
    "through a service": use(Condition={"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}),
    "one region": use(Condition={"ArnLike": {"aws:SourceArn": f"arn:aws:logs:eu-west-1:{SHOP}:*"}}),
    "denied": use(Effect="Deny"),
    "not the resource": {name: value for name, value in use().items() if name != "Resource"},
    "the organization of a principal": use(Condition={"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}),
}


@pytest.mark.parametrize("case", NOT_GRANTED)
def test_uncertain_grants_are_added(case: str) -> None:
    document = policy(NOT_GRANTED[case])
    result = plan(document)
    assert result.statements()["added"] == ["AWSLogDeliveryKeyUse"]
    assert result.after and result.after["Statement"][:2] == document["Statement"]


def test_taken_key_sid_gets_a_number() -> None:
    document = policy(use(Sid="AWSLogDeliveryKeyUse", Principal={"AWS": OWNER}))
    assert plan(document).statements()["added"] == ["AWSLogDeliveryKeyUse2"]


# --- removing ---


def test_absent_removes_only_the_named_sources() -> None:
    both = after(PLAIN, account_ids=[SHOP, BANK], regions=list(REGIONS))
    less = after(both, account_ids=[SHOP], state="absent")
    assert less["Statement"][:2] == [ADMIN, TRAIL]
    assert {pair for pair, allowed in grants(less).items() if allowed} == {(BANK, region) for region in REGIONS}
    fewer = after(both, account_ids=[SHOP], regions=["us-east-1"], state="absent")
    assert {pair for pair, allowed in grants(fewer).items() if not allowed} == {
        (SHOP, "us-east-1"),
        *((OWNER, region) for region in REGIONS),
    }


def test_absent_cuts_a_third_party_statement_for_log_delivery_alone() -> None:
    assert after(policy(use()), state="absent") == policy()


@pytest.mark.parametrize(
    "kept",
    [
        use(Action="kms:*"),
        use(Principal={"Service": [SERVICE["Service"], "logs.amazonaws.com"]}),
        GRANTED["without conditions"],
    ],
)
def test_wider_statement_is_kept_with_a_warning(kept: Any) -> None:
    result = plan(policy(kept), state="absent")
    assert not result.changes
    assert "Allow Logs Delivery to use the key" in result.warnings[0] and "still lets" in result.warnings[0]


def test_all_regions_cannot_be_narrowed() -> None:
    result = plan(policy(use()), regions=["eu-west-1"], state="absent")
    assert not result.changes and "other regions" in result.warnings[0]


def test_absent_without_grants_does_nothing() -> None:
    result = plan(PLAIN, state="absent")
    assert (result.changes, result.warnings, result.after) == ((), (), PLAIN)


# --- refusals and warnings ---


def refusal(result: PolicyPlan) -> Unsuccessful:
    (found,) = result.refusals
    assert not result.writes and result.actions == ()
    return found


def test_last_statement_is_never_removed() -> None:
    document = {"Version": "2012-10-17", "Statement": [use()]}
    found = refusal(plan(document, state="absent"))
    assert (found.code, found.target) == ("KeyLockedOut", KEY.arn)


@pytest.mark.parametrize("state", ["present", "absent"])
def test_policy_without_administrator_is_refused(state: str) -> None:
    nearly = {**ADMIN, "Action": ["kms:Encrypt", "kms:Describe*"]}
    document = {"Statement": [nearly, TRAIL, *([use()] if state == "absent" else [])]}
    assert refusal(plan(document, state=state)).code == "KeyLockedOut"


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": [f"arn:aws:iam::{OWNER}:role/admin"]}])
def test_any_administrator_is_enough(principal: Any) -> None:
    document = {"Statement": [{**ADMIN, "Principal": principal, "Action": "kms:Put*"}]}
    assert plan(document).refusals == ()


def test_deleted_principal_is_refused() -> None:
    document = policy({**ADMIN, "Sid": "Old", "Principal": {"AWS": "AROAEXAMPLEEXAMPLE12"}})
    found = refusal(plan(document))
    assert found.code == "PrincipalGone" and "AROAEXAMPLEEXAMPLE12 in statement Old" in found.message


def test_many_accounts_fit_and_too_many_are_refused() -> None:
    accounts = [f"{number:012}" for number in range(1, 801)]
    fits = plan(PLAIN, account_ids=accounts)
    assert not fits.refusals and key_policy_size(fits.after) <= MAX_KEY_POLICY_BYTES
    assert not plan(fits.after, account_ids=accounts).changes
    assert after(fits.after, account_ids=accounts, state="absent") == PLAIN
    found = refusal(plan(PLAIN, account_ids=[*accounts, *(f"{number:012}" for number in range(2000, 4000))]))
    assert found.code == "PolicyTooLarge" and "32768" in found.message and "organization_id" in found.hint


def test_text_has_no_characters_that_kms_refuses() -> None:
    document = policy({**TRAIL, "Sid": "é 中 \U0001f511"})
    text = key_policy_text(document)
    assert json.loads(text) == document
    assert max(text) <= "\u00ff" and key_policy_size(document) == len(text.encode("utf-8"))
    assert key_policy_size(None) == 0


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, "denies log delivery the key (statement Deny)"),
        ({"StringNotEquals": {"kms:CallerAccount": OWNER}}, "may deny log delivery the key (statement Deny)"),
    ],
)
def test_deny_is_a_warning(condition: Any, words: str) -> None:
    deny = {
        "Sid": "Deny",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "kms:*",
        "Resource": "*",
        "Condition": condition,
    }
    (warning,) = plan(policy(deny)).warnings
    assert words in warning


def test_deny_for_other_actions_is_no_warning() -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "kms:ScheduleKeyDeletion", "Resource": "*"}
    assert plan(policy(deny)).warnings == ()


def test_multi_region_key_is_a_warning_when_the_plan_writes() -> None:
    key = replace(KEY, multi_region=True)
    assert "multi-Region" in plan(PLAIN, key).warnings[0]
    assert plan(policy(use()), key).warnings == ()


def test_policy_near_the_limit_is_a_warning() -> None:
    big = policy({**TRAIL, "Condition": {"StringLike": {"kms:EncryptionContext:x": "x" * 30000}}})
    assert f"of the {MAX_KEY_POLICY_BYTES}" in plan(big).warnings[0]


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"state": "Disabled"}, "KeyNotUsable", "Disabled"),
        ({"state": "PendingDeletion"}, "KeyNotUsable", "PendingDeletion"),
        ({"state": "PendingReplicaDeletion"}, "KeyNotUsable", "PendingReplicaDeletion"),
        ({"state": "PendingImport"}, "KeyNotUsable", "PendingImport"),
        ({"state": "Creating"}, "KeyNotUsable", "Creating"),
        ({"state": "Unavailable"}, "KeyNotUsable", "Unavailable"),
        ({"state": ""}, "KeyNotUsable", "state"),
        ({"manager": "AWS"}, "KeyManagedByAWS", "managed by AWS"),
        ({"usage": "SIGN_VERIFY", "spec": "RSA_2048"}, "KeyUnsuitable", "RSA_2048"),
        ({"spec": "RSA_4096"}, "KeyUnsuitable", "RSA_4096"),
        ({"usage": "GENERATE_VERIFY_MAC", "spec": "HMAC_256"}, "KeyUnsuitable", "HMAC_256"),
        ({"account": BANK}, "KeyOfAnotherAccount", BANK),
    ],
)
def test_unusable_keys_are_refused(change: Dict[str, str], code: str, words: str) -> None:
    (found,) = key_problems(replace(KEY, **change), OWNER)
    assert found.code == code and words in found.message and found.hint


def test_every_problem_of_a_key_is_reported() -> None:
    key = replace(KEY, manager="AWS", state="Disabled", account=BANK)
    codes = [item.code for item in key_problems(key, OWNER)]
    assert codes == ["KeyOfAnotherAccount", "KeyManagedByAWS", "KeyNotUsable"]


@pytest.mark.parametrize("state", ["Enabled", "Updating"])
def test_usable_keys_are_accepted(state: str) -> None:
    assert key_problems(replace(KEY, state=state, multi_region=True), OWNER) == ()
    assert other_account_problem(KEY.arn, OWNER, OWNER) == ()


def test_missing_metadata_is_a_problem() -> None:
    codes = {item.code for item in key_problems(key_from_metadata({"Arn": KEY.arn}), OWNER)}
    assert codes == {"KeyOfAnotherAccount", "KeyManagedByAWS", "KeyUnsuitable", "KeyNotUsable"}


# --- options ---


@pytest.mark.parametrize(
    "key_id",
    [
        KEY_ID,
        KEY_ID.upper(),
        "mrk-1234abcd12ab34cd56ef1234567890ab",
        KEY.arn,
        "alias/flow-logs",
        f"arn:aws:kms:eu-west-1:{OWNER}:alias/team/flow-logs",
        f"  {KEY.arn} ",
    ],
)
def test_spellings_of_a_key(key_id: str) -> None:
    parsed = wanted(key_id=key_id)
    assert parsed.key_id == key_id.strip()
    assert parsed.key_account == (OWNER if "arn:" in key_id else None)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"key_id": ""}, ["key_id", "alias/NAME"]),
        ({"key_id": "flow-logs"}, ["key_id", "'flow-logs'", "alias/NAME"]),
        ({"key_id": f"arn:aws:kms:eu-west-1:{OWNER}:{KEY_ID}"}, ["key_id", "alias/NAME"]),
        ({"key_id": f"key/{KEY_ID}"}, ["key_id", "alias/NAME"]),
        ({"key_id": "arn:aws:s3:::example-logs"}, ["key_id", "alias/NAME"]),
        ({"key_id": KEY.arn.replace("eu-west-1", "us-east-1")}, ["key_id", "task's Region, eu-west-1"]),
        ({"key_id": KEY.arn.replace("arn:aws:", "arn:aws-cn:")}, ["key_id", "partition"]),
        ({"key_id": "alias/aws/s3"}, ["key_id", "customer managed key"]),
        ({"key_id": f"arn:aws:kms:eu-west-1:{OWNER}:alias/aws/s3"}, ["key_id", "customer managed key"]),
        ({"account_ids": []}, ["account_ids", "at least one"]),
        ({"account_ids": ["12"]}, ["account_ids[0]", "12 digits"]),
        ({"regions": ["everywhere"]}, ["regions[0]", "everywhere"]),
        ({"organization_id": "x"}, ["organization_id", "'x'"]),
        ({"organization_id": "o-a1b2c3d4e5", "account_ids": [SHOP]}, ["account_ids", "not both"]),
    ],
)
def test_invalid_key_options_are_refused(options: Any, words: List[str]) -> None:
    with pytest.raises(InputError) as error:
        wanted(**options)
    assert [word for word in words if word not in str(error.value)] == []


def test_key_error_hints() -> None:
    assert "kms:GetKeyPolicy" in key_policy_error_hint("GetKeyPolicy", "AccessDeniedException")
    assert "region" in key_policy_error_hint("DescribeKey", "NotFoundException")
    assert "kms:PutKeyPolicy" in key_policy_error_hint("PutKeyPolicy", "MalformedPolicyDocumentException")
    assert key_policy_error_hint("PutKeyPolicy", "KMSInternalException") == ""
    assert "opt-in Region" in key_policy_error_hint("DescribeKey", "UnrecognizedClientException")


# --- properties ---

THIRD_PARTY = (TRAIL, use(Action="kms:*", Sid="All"), use(), *NOT_GRANTED.values())
wanted_options = st.fixed_dictionaries(
    {
        "account_ids": st.lists(st.sampled_from(ACCOUNTS), min_size=1, max_size=3, unique=True),
        "regions": st.lists(st.sampled_from((*REGIONS, "*")), min_size=1, max_size=2, unique=True),
    }
)
documents = st.lists(st.sampled_from(THIRD_PARTY), max_size=3).map(lambda items: policy(*items))


def covered(options: Dict[str, Any]) -> set:
    regions = REGIONS if "*" in options["regions"] else options["regions"]
    return set(itertools.product(options["account_ids"], regions))


@settings(max_examples=60, deadline=None)
@given(documents, st.lists(wanted_options, min_size=1, max_size=3), st.randoms(use_true_random=False))
def test_grants_add_up_in_any_order(document: Any, callers: List[Any], shuffle: Any) -> None:
    merged = document
    for caller in callers:
        merged = after(merged, **caller)
        assert not plan(merged, **caller).changes
    assert merged["Statement"][: len(document["Statement"])] == document["Statement"]
    assert (merged["Id"], merged["Version"]) == (document["Id"], document["Version"])
    had = {pair for pair, allowed in grants(without_denials(document)).items() if allowed}
    has = {pair for pair, allowed in grants(without_denials(merged)).items() if allowed}
    assert has == had.union(*(covered(caller) for caller in callers))
    turned = list(callers)
    shuffle.shuffle(turned)
    other = document
    for caller in turned:
        other = after(other, **caller)
    assert grants(other) == grants(merged)


def without_denials(document: Any) -> Dict[str, Any]:
    return {**document, "Statement": [item for item in document["Statement"] if item["Effect"] == "Allow"]}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from((TRAIL, NOT_GRANTED["through a service"])), max_size=2),
    st.lists(wanted_options, max_size=3),
)
def test_absent_restores_the_third_party_key_policy(others: List[Any], callers: List[Any]) -> None:
    # Statements with other conditions are no grants; these are for people, so that absent does not cut them.
    document = policy(*({**item, "Principal": {"AWS": OWNER}} for item in others))
    merged = document
    for caller in callers:
        merged = after(merged, **caller)
    assert after(merged, account_ids=list(ACCOUNTS), state="absent") == document


@settings(max_examples=60, deadline=None)
@given(documents, wanted_options, wanted_options)
def test_absent_removes_the_named_grants_and_nothing_else(document: Any, granted: Any, named: Any) -> None:
    merged = without_denials(after(document, **granted))
    result = plan(merged, **named, state="absent")
    lost = {pair for pair, allowed in grants(merged).items() if allowed and not grants(result.after)[pair]}
    assert lost <= covered(named)
    for pair in covered(named):
        assert result.warnings or not may_use(result.after, *pair)


# --- missing grants ---


def test_missing_grants_are_the_sources_that_could_not_use_the_key() -> None:
    before = after(PLAIN, regions=["eu-west-1"])
    missing = grants_as_dicts(plan(before, account_ids=[SHOP, BANK], regions=list(REGIONS)).missing)
    not_allowed = {pair for pair in itertools.product((SHOP, BANK), REGIONS) if not may_use(before, *pair)}
    assert {(one["account_id"], one["region"]) for one in missing} == not_allowed
    assert {(one["folder"], one["layout"]) for one in missing} == {(None, None)}
    assert grants_as_dicts(plan(after(before, account_ids=[BANK]), account_ids=[BANK]).missing) == []
