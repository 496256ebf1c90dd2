# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""DescribeKey, GetKeyPolicy, PutKeyPolicy and CreateKey over moto's KMS protocol, with strict checks of account, Region
and policy.

moto ignores account and Region in ARNs, accepts every policy, and denies DescribeKey because of any Deny that names
it. The key policies stay in moto's keys. These operations work in every key state (KMS Developer Guide, "Key states of
AWS KMS keys").
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.iam.models import iam_backends
from moto.kms.models import Key
from moto.kms.models import KmsBackend
from moto.kms.models import kms_backends
from moto.kms.responses import KmsResponse
from moto.sts.models import sts_backends
from moto.utilities.utils import get_partition

from . import delivery
from . import keys
from . import policy_documents
from . import principals
from .key_policy_rules import Caller
from .key_policy_rules import Refused
from .key_policy_rules import allows
from .key_policy_rules import check

_AWS_RAM = "AWS_RAM"
_BY_ID_ONLY = ("enable_key", "disable_key", "schedule_key_deletion", "cancel_key_deletion")
"""Operations on the state of a key that fail in moto if the key is given by ARN."""


def install() -> None:
    """Install the replacements in moto. Calling it again has no effect."""
    if getattr(KmsResponse, "_simulator_policies", False):
        return
    KmsResponse._simulator_policies = True
    KmsResponse.describe_key = _describe_key
    KmsResponse.get_key_policy = _get_key_policy
    KmsResponse.put_key_policy = _put_key_policy
    KmsResponse.create_key = _with_checked_policy(KmsResponse.create_key)
    KmsBackend._generate_default_keys = _managed_by_aws(KmsBackend._generate_default_keys)
    for name in _BY_ID_ONLY:
        setattr(KmsBackend, name, _by_id_or_arn(getattr(KmsBackend, name)))
    principals.when_deleted(_rename)


def reset() -> None:
    """Do nothing: moto's keys hold the policies."""


def snapshot() -> dict[str, str]:
    """Return the policies by key ARN."""
    return {key.arn: key.policy for key in _every_key()}


def restore(state: dict[str, str]) -> None:
    """Restore the policies of the existing keys."""
    for key in _every_key():
        key.policy = state.get(key.arn, key.policy)


def _every_key() -> list[Key]:
    return [
        key
        for _account, regions in list(kms_backends.items())
        for backend in list(regions.values())
        for key in list(backend.keys.values())
    ]


def _rename(arn: str, new: str) -> None:
    """Replace a deleted user or role with its unique id (IAM User Guide, "AWS JSON policy elements: Principal")."""
    for key in _every_key():
        policy = keys.policy_of(key) if arn in key.policy else None
        if policy is not None:
            key.policy = json.dumps(policy_documents.replaced_principal(policy, arn, new))


# --- the operations ---


def _describe_key(self: KmsResponse) -> str:
    """Works across accounts, with an ARN and the permission of the key policy (KMS API Reference, DescribeKey)."""
    name = self._get_param("KeyId")
    _refuse_other_region(self, name)
    if _account_of(name) in (None, self.current_account):
        self._validate_key_id(name)
        return json.dumps(self.kms_backend.describe_key(name).to_dict())
    key = keys.find(name)
    if key is None or not allows(keys.policy_of(key), key.arn, _caller(self), "kms:DescribeKey"):
        raise _denied(self, "kms:DescribeKey")
    return json.dumps(kms_backends[key.account_id][key.region].describe_key(key.id).to_dict())


def _get_key_policy(self: KmsResponse) -> str:
    """Only the default policy exists, not that of AWS RAM (KMS API Reference, GetKeyPolicy)."""
    name = _policy_name(self)
    key = _own_key(self, "kms:GetKeyPolicy")
    if name == _AWS_RAM:
        raise JsonRESTError("NotFoundException", "No such policy exists")
    return json.dumps({"Policy": key.policy, "PolicyName": name})


def _put_key_policy(self: KmsResponse) -> str:
    """The last writer wins; the request has no precondition (KMS API Reference, PutKeyPolicy)."""
    if _policy_name(self) == _AWS_RAM:
        raise JsonRESTError("ValidationException", "The AWS_RAM policy can only be managed by the RAM service.")
    key = _own_key(self, "kms:PutKeyPolicy")
    text = self._get_param("Policy")
    _check_policy(self, text, key.arn)
    key.policy = text
    return json.dumps({})


def _with_checked_policy(original: Callable[..., str]) -> Callable[..., str]:
    """CreateKey makes the same checks (KMS API Reference, CreateKey, Policy)."""

    @wraps(original)
    def create_key(self: KmsResponse) -> str:
        text = self._get_param("Policy")
        if text is not None:
            partition = get_partition(self.region)
            _check_policy(self, text, f"arn:{partition}:kms:{self.region}:{self.current_account}:key/new")
        return original(self)

    return create_key


def _by_id_or_arn(original: Callable[..., Any]) -> Callable[..., Any]:
    """KMS API Reference, EnableKey and its like: "Specify the key ID or key ARN of the KMS key"."""

    @wraps(original)
    def act(self: KmsBackend, key_id: str, *args: Any) -> Any:
        return original(self, self.get_key_id(key_id), *args)

    return act


def _managed_by_aws(original: Callable[..., str | None]) -> Callable[..., str | None]:
    """A key that AWS creates for its own alias is an AWS managed key (KMS API Reference, DescribeKey)."""

    @wraps(original)
    def generate(self: KmsBackend, alias_name: str) -> str | None:
        key_id = original(self, alias_name)
        if key_id is not None:
            self.keys[key_id].key_manager = "AWS"
        return key_id

    return generate


# --- accounts, Regions and callers ---


def _policy_name(response: KmsResponse) -> str:
    name = response._get_param("PolicyName") or "default"
    if name not in ("default", _AWS_RAM):
        raise JsonRESTError("NotFoundException", "No such policy exists")
    return name


def _own_key(response: KmsResponse, action: str) -> Key:
    """The key, by id or key ARN, of the caller's account and region.

    "You cannot perform this operation on a KMS key in a different AWS account" (KMS API Reference, GetKeyPolicy and
    PutKeyPolicy); that the error is that of a missing permission is not established for these two operations.
    """
    name = response._get_param("KeyId")
    _refuse_other_region(response, name)
    if _account_of(name) not in (None, response.current_account):
        raise _denied(response, action)
    response._validate_cmk_id(name)
    return response.kms_backend.keys[response.kms_backend.get_key_id(name)]


def _account_of(name: str) -> str | None:
    """The account in an ARN; None for an id or alias."""
    parts = name.split(":", 5)
    return parts[4] if len(parts) == 6 else None


def _refuse_other_region(response: KmsResponse, name: str) -> None:
    """The text as users of KMS and of services over it report, for ARNs of another region than that of the request."""
    parts = name.split(":", 5)
    if len(parts) == 6 and parts[3] != response.region:
        raise JsonRESTError("NotFoundException", f"Invalid arn {parts[3]}")


def _denied(response: KmsResponse, action: str) -> JsonRESTError:
    """Return KMS's error for another account's key, existing or not; the message as reported by users."""
    return JsonRESTError(
        "AccessDeniedException",
        f"User: {_caller(response).arn} is not authorized to perform: {action} on this resource because the resource"
        " does not exist in this Region, no resource-based policies allow access, or a resource-based policy"
        " explicitly denies access",
    )


def _check_policy(response: KmsResponse, text: str, key_arn: str) -> None:
    resolve = principals.resolver(response.current_account)
    try:
        check(text, key_arn, _caller(response), resolve, bool(response._get_param("BypassPolicyLockoutSafetyCheck")))
    except Refused as error:
        raise JsonRESTError(error.code, str(error)) from error


def _caller(response: KmsResponse) -> Caller:
    """Return the role of a session, the user of an access key, or the account's root user."""
    account, partition = response.current_account, get_partition(response.region)
    session = sts_backends[account][partition].get_assumed_role_from_access_key(response.access_key)
    user = iam_backends[account][partition].get_user_from_access_key_id(response.access_key)
    arn = session.role_arn if session else user.arn if user else policy_documents.root_arn(account, partition)
    return Caller(account, arn, partition, delivery.organizations.get(account))
