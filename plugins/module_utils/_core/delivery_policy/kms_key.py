# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A KMS key, and why it may be no use for log delivery. PRIVATE to this collection.

AWS KMS API Reference, KeyMetadata; S3 User Guide, "Using server-side encryption with AWS KMS keys": S3 supports only
symmetric encryption keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..actions import Unsuccessful

#: States in which a key encrypts. ``Updating`` (the primary of a multi-Region key changes) is over by itself.
_USABLE = ("Enabled", "Updating")
_HINT_BY_STATE = {
    "Disabled": "Enable the key first; while it is disabled nothing can be delivered with it.",
    "PendingDeletion": "Cancel the deletion and enable the key, or encrypt the bucket with another key.",
    "PendingReplicaDeletion": "Cancel the deletion and enable the key, or encrypt the bucket with another key.",
    "PendingImport": "Import the key material first.",
    "Creating": "Run again when the key has been created.",
    "Unavailable": "Bring the custom key store of the key back first.",
}


@dataclass(frozen=True)
class Key:
    """What KMS tells of a key.

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
    """Return a key from ``KeyMetadata`` of the KMS API; what is missing there is ``""``, which fits nothing."""
    return Key(
        arn=metadata["Arn"],
        account=str(metadata.get("AWSAccountId", "")),
        state=metadata.get("KeyState", ""),
        manager=metadata.get("KeyManager", ""),
        usage=metadata.get("KeyUsage", ""),
        spec=metadata.get("KeySpec", metadata.get("CustomerMasterKeySpec", "")),
        multi_region=bool(metadata.get("MultiRegion")),
    )


def foreign_key(target: str, account: str, caller: str) -> tuple[Unsuccessful, ...]:
    """Return why a key of another account cannot be worked with, nothing for one of the caller's.

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


def unusable_key(key: Key, caller: str) -> tuple[Unsuccessful, ...]:
    """Return every reason why log delivery cannot use a key, or the caller not change its policy."""
    found: list[Unsuccessful] = list(foreign_key(key.arn, key.account, caller))
    if key.manager != "CUSTOMER":
        found.append(
            Unsuccessful(
                key.arn,
                "KeyManagedByAWS",
                "The key is managed by AWS; nobody can change its policy, and log delivery cannot use it.",
                "Encrypt the bucket with a customer managed key, by its full ARN.",
            )
        )
    if (key.usage, key.spec) != ("ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT"):
        found.append(
            Unsuccessful(
                key.arn,
                "KeyUnsuitable",
                f"The key is of spec {key.spec} for {key.usage}; S3 encrypts with symmetric encryption keys only.",
                "Encrypt the bucket with a key of spec SYMMETRIC_DEFAULT for ENCRYPT_DECRYPT.",
            )
        )
    if key.state not in _USABLE:
        hint = _HINT_BY_STATE.get(key.state, "Encrypt the bucket with another key.")
        found.append(Unsuccessful(key.arn, "KeyNotUsable", f"The state of the key is {key.state}.", hint))
    return tuple(found)
