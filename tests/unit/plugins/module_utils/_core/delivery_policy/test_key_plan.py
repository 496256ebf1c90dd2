# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Key policies are merged by meaning: nobody else's statement changes, no administrator is locked out.

What a policy means is told by the simulator's evaluator, which was written apart from the collection.
"""

from __future__ import annotations

import copy
import itertools
import json
from dataclasses import replace
from typing import Any
from typing import Dict
from typing import List

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.error_hints.key_policy import key_policy_error_hint
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.kms_key import Key
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.kms_key import foreign_key
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.kms_key import key_from_metadata
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.kms_key import unusable_key
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.key_options import wanted_key_use
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.key_plan import MAX_KEY_POLICY_BYTES
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.key_plan import key_policy_size
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.key_plan import key_policy_text
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.key_plan import plan_key_policy
from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import Unsuccessful
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.merge import PolicyPlan
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.merge import grants_told
from tests.simulator.policy_evaluation import decide

OWNER, SHOP, BANK = "777788889999", "111122223333", "444455556666"
ACCOUNTS = (SHOP, BANK, OWNER)
REGIONS = ("eu-west-1", "us-east-1")
KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
KEY = Key(
    f"arn:aws:kms:eu-west-1:{OWNER}:key/{KEY_ID}", OWNER, "Enabled", "CUSTOMER", "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT"
)
SERVICE = {"Service": "delivery.logs.amazonaws.com"}
ACTIONS = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
CALLED = (
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:DescribeKey",
)
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
    """A statement as AWS documents it, under a Sid that is not ours."""
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
    """Whether the service can do all that it needs for flow logs of one account and region."""
    context = {"aws:SourceAccount": account, "aws:SourceArn": f"arn:aws:logs:{region}:{account}:delivery-source:x"}
    return all(decide(document, SERVICE["Service"], action, KEY.arn, context) == "allow" for action in CALLED)


def grants(document: Any) -> Dict[Any, bool]:
    return {pair: may_use(document, *pair) for pair in itertools.product(ACCOUNTS, REGIONS)}


# --- what is written ---


def test_the_statement_is_the_one_that_aws_documents() -> None:
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
    asked = wanted_key_use({"key_id": KEY_ID, "account_ids": [SHOP]}, partition, region)
    key = replace(KEY, arn=f"arn:{partition}:kms:{region}:{OWNER}:key/{KEY_ID}")
    document = plan_key_policy(policy(), asked, key).after
    assert document and document["Statement"][1]["Condition"]["ArnLike"] == {
        "aws:SourceArn": f"arn:{partition}:logs:*:{SHOP}:*"
    }
    assert not plan_key_policy(document, asked, key).changes


GRANTED = {
    "as documented": use(),
    "single values in lists": use(Resource=["*"], Principal={"Service": [SERVICE["Service"]]}),
    "every action": use(Action="kms:*"),
    "other case": use(Action=[action.upper() for action in ACTIONS]),
    "operations one by one": use(Action=list(CALLED)),
    "the key by its ARN": use(Resource=KEY.arn),
    "without conditions": {name: value for name, value in use().items() if name != "Condition"},
    "the account only": use(Condition={"StringEquals": {"AWS:SourceAccount": [BANK, SHOP]}}),
    "wildcards": use(Condition={"ArnLike": {"aws:SourceArn": "arn:*:logs:*:*:*"}}),
}


@pytest.mark.parametrize("case", GRANTED)
@pytest.mark.parametrize("regions", [None, ["eu-west-1"]])
def test_what_is_granted_counts_whoever_wrote_it(case: str, regions: Any) -> None:
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
def test_what_is_not_granted_for_certain_is_added(case: str) -> None:
    document = policy(NOT_GRANTED[case])
    result = plan(document)
    assert result.statements()["added"] == ["AWSLogDeliveryKeyUse"]
    assert result.after and result.after["Statement"][:2] == document["Statement"]


def test_a_sid_that_is_taken_is_not_taken_again() -> None:
    document = policy(use(Sid="AWSLogDeliveryKeyUse", Principal={"AWS": OWNER}))
    assert plan(document).statements()["added"] == ["AWSLogDeliveryKeyUse2"]


# --- what is taken away ---


def test_absent_takes_only_the_sources_that_it_names() -> None:
    both = after(PLAIN, account_ids=[SHOP, BANK], regions=list(REGIONS))
    less = after(both, account_ids=[SHOP], state="absent")
    assert less["Statement"][:2] == [ADMIN, TRAIL]
    assert {pair for pair, allowed in grants(less).items() if allowed} == {(BANK, region) for region in REGIONS}
    fewer = after(both, account_ids=[SHOP], regions=["us-east-1"], state="absent")
    assert {pair for pair, allowed in grants(fewer).items() if not allowed} == {
        (SHOP, "us-east-1"),
        *((OWNER, region) for region in REGIONS),
    }


def test_absent_takes_out_of_statements_of_others_that_are_log_delivery_and_nothing_else() -> None:
    assert after(policy(use()), state="absent") == policy()


@pytest.mark.parametrize(
    "kept",
    [
        use(Action="kms:*"),
        use(Principal={"Service": [SERVICE["Service"], "logs.amazonaws.com"]}),
        GRANTED["without conditions"],
    ],
)
def test_a_broader_statement_is_left_and_named(kept: Any) -> None:
    result = plan(policy(kept), state="absent")
    assert not result.changes
    assert "Allow Logs Delivery to use the key" in result.warnings[0] and "still lets" in result.warnings[0]


def test_all_regions_cannot_be_narrowed_and_that_is_said() -> None:
    result = plan(policy(use()), regions=["eu-west-1"], state="absent")
    assert not result.changes and "other regions" in result.warnings[0]


def test_absent_where_nothing_is_does_nothing() -> None:
    result = plan(PLAIN, state="absent")
    assert (result.changes, result.warnings, result.after) == ((), (), PLAIN)


# --- refusals and warnings ---


def refusal(result: PolicyPlan) -> Unsuccessful:
    (found,) = result.refusals
    assert not result.writes and result.actions == ()
    return found


def test_the_last_statement_is_never_taken() -> None:
    document = {"Version": "2012-10-17", "Statement": [use()]}
    found = refusal(plan(document, state="absent"))
    assert (found.code, found.target) == ("KeyLockedOut", KEY.arn)


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_policy_that_nobody_could_change_again_is_not_written(state: str) -> None:
    nearly = {**ADMIN, "Action": ["kms:Encrypt", "kms:Describe*"]}
    document = {"Statement": [nearly, TRAIL, *([use()] if state == "absent" else [])]}
    assert refusal(plan(document, state=state)).code == "KeyLockedOut"


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": [f"arn:aws:iam::{OWNER}:role/admin"]}])
def test_any_administrator_will_do(principal: Any) -> None:
    document = {"Statement": [{**ADMIN, "Principal": principal, "Action": "kms:Put*"}]}
    assert plan(document).refusals == ()


def test_a_principal_that_is_gone_is_named_before_the_write() -> None:
    document = policy({**ADMIN, "Sid": "Old", "Principal": {"AWS": "AROAEXAMPLEEXAMPLE12"}})
    found = refusal(plan(document))
    assert found.code == "PrincipalGone" and "AROAEXAMPLEEXAMPLE12 in statement Old" in found.message


def test_many_accounts_fit_in_a_denser_spelling_and_too_many_are_refused() -> None:
    accounts = [f"{number:012}" for number in range(1, 801)]
    fits = plan(PLAIN, account_ids=accounts)
    assert not fits.refusals and key_policy_size(fits.after) <= MAX_KEY_POLICY_BYTES
    assert not plan(fits.after, account_ids=accounts).changes
    assert after(fits.after, account_ids=accounts, state="absent") == PLAIN
    found = refusal(plan(PLAIN, account_ids=[*accounts, *(f"{number:012}" for number in range(2000, 4000))]))
    assert found.code == "PolicyTooLarge" and "32768" in found.message and "organization_id" in found.hint


def test_the_text_has_no_characters_that_kms_does_not_take() -> None:
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
def test_denials_are_named(condition: Any, words: str) -> None:
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


def test_a_deny_that_does_not_meet_log_delivery_is_no_matter() -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "kms:ScheduleKeyDeletion", "Resource": "*"}
    assert plan(policy(deny)).warnings == ()


def test_replicas_of_a_multi_region_key_are_mentioned_when_something_is_written() -> None:
    key = replace(KEY, multi_region=True)
    assert "multi-Region" in plan(PLAIN, key).warnings[0]
    assert plan(policy(use()), key).warnings == ()


def test_a_policy_near_the_limit_is_mentioned() -> None:
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
def test_keys_of_no_use_are_refused_with_the_reason(change: Dict[str, str], code: str, words: str) -> None:
    (found,) = unusable_key(replace(KEY, **change), OWNER)
    assert found.code == code and words in found.message and found.hint


def test_every_reason_is_told() -> None:
    key = replace(KEY, manager="AWS", state="Disabled", account=BANK)
    codes = [item.code for item in unusable_key(key, OWNER)]
    assert codes == ["KeyOfAnotherAccount", "KeyManagedByAWS", "KeyNotUsable"]


@pytest.mark.parametrize("state", ["Enabled", "Updating"])
def test_keys_in_use_are_accepted(state: str) -> None:
    assert unusable_key(replace(KEY, state=state, multi_region=True), OWNER) == ()
    assert foreign_key(KEY.arn, OWNER, OWNER) == ()


def test_what_kms_does_not_tell_fits_nothing() -> None:
    codes = {item.code for item in unusable_key(key_from_metadata({"Arn": KEY.arn}), OWNER)}
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
def test_every_way_to_name_a_key_is_taken(key_id: str) -> None:
    asked = wanted(key_id=key_id)
    assert asked.key_id == key_id.strip()
    assert asked.key_account == (OWNER if "arn:" in key_id else None)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"key_id": ""}, ["key_id", "alias/NAME"]),
        ({"key_id": "flow-logs"}, ["key_id", "'flow-logs'", "alias/NAME"]),
        ({"key_id": f"arn:aws:kms:eu-west-1:{OWNER}:{KEY_ID}"}, ["key_id", "alias/NAME"]),
        ({"key_id": f"key/{KEY_ID}"}, ["key_id", "alias/NAME"]),
        ({"key_id": "arn:aws:s3:::example-logs"}, ["key_id", "alias/NAME"]),
        ({"key_id": KEY.arn.replace("eu-west-1", "us-east-1")}, ["key_id", "region at work, eu-west-1"]),
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
def test_what_can_never_work_is_refused_by_name(options: Any, words: List[str]) -> None:
    with pytest.raises(InputError) as error:
        wanted(**options)
    assert [word for word in words if word not in str(error.value)] == []


def test_the_hints_name_what_fixes() -> None:
    assert "kms:GetKeyPolicy" in key_policy_error_hint("GetKeyPolicy", "AccessDeniedException")
    assert "region" in key_policy_error_hint("DescribeKey", "NotFoundException")
    assert "kms:PutKeyPolicy" in key_policy_error_hint("PutKeyPolicy", "MalformedPolicyDocumentException")
    assert key_policy_error_hint("PutKeyPolicy", "KMSInternalException") == ""
    assert "opt-in Region" in key_policy_error_hint("DescribeKey", "UnrecognizedClientException")


# --- properties ---

FOREIGN = (TRAIL, use(Action="kms:*", Sid="All"), use(), *NOT_GRANTED.values())
asked_for = st.fixed_dictionaries(
    {
        "account_ids": st.lists(st.sampled_from(ACCOUNTS), min_size=1, max_size=3, unique=True),
        "regions": st.lists(st.sampled_from((*REGIONS, "*")), min_size=1, max_size=2, unique=True),
    }
)
documents = st.lists(st.sampled_from(FOREIGN), max_size=3).map(lambda items: policy(*items))


def covered(asked: Dict[str, Any]) -> set:
    regions = REGIONS if "*" in asked["regions"] else asked["regions"]
    return set(itertools.product(asked["account_ids"], regions))


@settings(max_examples=60, deadline=None)
@given(documents, st.lists(asked_for, min_size=1, max_size=3), st.randoms(use_true_random=False))
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
    st.lists(st.sampled_from((TRAIL, NOT_GRANTED["through a service"])), max_size=2), st.lists(asked_for, max_size=3)
)
def test_taking_everything_out_again_leaves_what_others_wrote(others: List[Any], callers: List[Any]) -> None:
    # Log delivery through another condition is no grant, and is cut only where the account is named.
    document = policy(*({**item, "Principal": {"AWS": OWNER}} for item in others))
    merged = document
    for caller in callers:
        merged = after(merged, **caller)
    assert after(merged, account_ids=list(ACCOUNTS), state="absent") == document


@settings(max_examples=60, deadline=None)
@given(documents, asked_for, asked_for)
def test_absent_takes_what_it_names_and_nothing_else(document: Any, granted: Any, named: Any) -> None:
    merged = without_denials(after(document, **granted))
    result = plan(merged, **named, state="absent")
    lost = {pair for pair, allowed in grants(merged).items() if allowed and not grants(result.after)[pair]}
    assert lost <= covered(named)
    for pair in covered(named):
        assert result.warnings or not may_use(result.after, *pair)


# --- what the policy lacked ---


def test_missing_grants_are_sources_that_could_not_use_the_key_before() -> None:
    before = after(PLAIN, regions=["eu-west-1"])
    told = grants_told(plan(before, account_ids=[SHOP, BANK], regions=list(REGIONS)).missing)
    lacking = {pair for pair in itertools.product((SHOP, BANK), REGIONS) if not may_use(before, *pair)}
    assert {(one["account_id"], one["region"]) for one in told} == lacking
    assert {(one["folder"], one["layout"]) for one in told} == {(None, None)}
    assert grants_told(plan(after(before, account_ids=[BANK]), account_ids=[BANK]).missing) == []
