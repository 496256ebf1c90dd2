# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks whether log delivery can use a KMS key. PRIVATE to this collection.

AWS KMS API Reference, KeyMetadata; S3 User Guide, "Using server-side encryption with AWS KMS keys": S3 supports only
symmetric encryption keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..actions import Unsuccessful

#: States in which a key encrypts. ``Updating`` (the primary of a multi-Region key changes) is temporary.
_USABLE = ("Enabled", "Updating")
_HINT_BY_STATE = {
    "Disabled": "Enable the key first; while it is disabled nothing can be delivered with it.",
    "PendingDeletion": "Cancel the deletion and enable the key, or encrypt the bucket with another key.",
    "PendingReplicaDeletion": "Cancel the deletion and enable the key, or encrypt the bucket with another key.",
    "PendingImport": "Import the key material first.",
    "Creating": "Run again when the key has been created.",
    "Unavailable": "Reconnect the custom key store of the key first.",
}


@dataclass(frozen=True)
class Key:
    """The metadata of a KMS key.

    :param state: for example ``Enabled``.
    :param manager: ``CUSTOMER`` or ``AWS``.
    :param usage: for example ``ENCRYPT_DECRYPT``.
    :param spec: for example ``SYMMETRIC_DEFAULT``.
    :param multi_region: whether it is the primary or a replica of a multi-Region key.
    """

    arn: str
    account: str
    state: str
    manager: str
    usage: str
    spec: str
    multi_region: bool = False

    @property
    def region(self) -> str:
        """Region in the ARN of the key."""
        return self.arn.split(":")[3]


def key_from_metadata(metadata: Mapping[str, Any]) -> Key:
    """Return a key from ``KeyMetadata`` of the KMS API; a missing value is ``""``, which no check accepts."""
    return Key(
        arn=metadata["Arn"],
        account=str(metadata.get("AWSAccountId", "")),
        state=metadata.get("KeyState", ""),
        manager=metadata.get("KeyManager", ""),
        usage=metadata.get("KeyUsage", ""),
        spec=metadata.get("KeySpec", metadata.get("CustomerMasterKeySpec", "")),
        multi_region=bool(metadata.get("MultiRegion")),
    )


def other_account_problem(target: str, account: str, caller: str) -> tuple[Unsuccessful, ...]:
    """Return the refusal of a key of another account than the caller's; ``()`` for a key of the caller's account.

    AWS KMS API Reference, GetKeyPolicy and PutKeyPolicy: "Cross-account use: No".
    """
    if account == caller:
        return ()
    return (
        Unsuccessful(
            target,
            "KeyOfAnotherAccount",
            f"The key belongs to account {account}, the caller to {caller}; only the account of a key can change its "
            "policy.",
            f"Run this task with credentials of account {account}.",
        ),
    )


def key_problems(key: Key, caller: str) -> tuple[Unsuccessful, ...]:
    """Return every reason why log delivery cannot use a key, or why the caller cannot change its policy."""
    found: list[Unsuccessful] = list(other_account_problem(key.arn, key.account, caller))
    if key.manager != "CUSTOMER":
        found.append(
            Unsuccessful(
                key.arn,
                "KeyManagedByAWS",
                "The key is managed by AWS; its policy cannot be changed, and log delivery cannot use it.",
                "Encrypt the bucket with a customer managed key, by its full ARN.",
            )
        )
    if (key.usage, key.spec) != ("ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT"):
        found.append(
            Unsuccessful(
                key.arn,
                "KeyUnsuitable",
                f"The key has the spec {key.spec} and the usage {key.usage}; S3 needs a symmetric encryption key.",
                "Encrypt the bucket with a key that has the spec SYMMETRIC_DEFAULT and the usage ENCRYPT_DECRYPT.",
            )
        )
    if key.state not in _USABLE:
        hint = _HINT_BY_STATE.get(key.state, "Encrypt the bucket with another key.")
        found.append(Unsuccessful(key.arn, "KeyNotUsable", f"The state of the key is {key.state}.", hint))
    return tuple(found)
