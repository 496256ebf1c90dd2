# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Key policies from practice, each with the plan for account 111122223333 in all Regions.

The sources are the guides of the services. Account ids and names are examples.
"""

from __future__ import annotations

from typing import Any, Dict

from tests.unit.plugins.module_utils._core.delivery_policy.bucket_policy_corpus import (
    ACCOUNT,
    Case,
    DELIVERY,
    SOURCE,
    SOURCE_ARN,
    document,
    in_partition,
    statement,
)

OWNER = "777788889999"
KEY_ARN = f"arn:aws:kms:eu-west-1:{OWNER}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
USE = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
ADMINISTER = [
    *["kms:Create*", "kms:Describe*", "kms:Enable*", "kms:List*", "kms:Put*", "kms:Update*", "kms:Revoke*"],
    *["kms:Disable*", "kms:Get*", "kms:Delete*", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"],
]
FOR_ACCOUNT = {"StringEquals": SOURCE, "ArnLike": SOURCE_ARN}


def for_key(sid: str, principal: Any, action: Any, condition: Any = None, **more: Any) -> Dict[str, Any]:
    return statement(sid, principal, action, "*", condition, **more)


ROOT = for_key("Enable IAM User Permissions", {"AWS": f"arn:aws:iam::{OWNER}:root"}, "kms:*")
DEFAULT = document(ROOT, Id="key-default-1")
ADMINS = document(
    ROOT,
    for_key("Allow access for Key Administrators", {"AWS": f"arn:aws:iam::{OWNER}:role/KeyAdmin"}, ADMINISTER),
    for_key(
        "Allow use through S3",
        {"AWS": "*"},
        USE,
        {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com", "kms:CallerAccount": OWNER}},
    ),
    Id="key-consolepolicy-3",
)
GRANTS = document(
    ROOT,
    for_key("Allow use of the key", {"AWS": f"arn:aws:iam::{OWNER}:role/reader"}, USE),
    for_key(
        "Allow attachment of persistent resources",
        {"AWS": f"arn:aws:iam::{OWNER}:role/reader"},
        ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
        {"Bool": {"kms:GrantIsForAWSResource": "true"}},
    ),
)
# AWS CDK writes the default statement without a Sid, and one more for each service.
CDK_KEY = document(
    {name: value for name, value in ROOT.items() if name != "Sid"},
    {name: value for name, value in for_key("", DELIVERY, USE).items() if name != "Sid"},
)
# Terraform's module for keys: single actions in lists, the account as its id.
TERRAFORM_KEY = document(
    for_key("Default", {"AWS": OWNER}, ["kms:*"]),
    for_key(
        "KeyServiceUse",
        {"Service": ["delivery.logs.amazonaws.com"]},
        ["kms:GenerateDataKey", "kms:DescribeKey", "kms:Decrypt"],
        {"StringEquals": {"aws:SourceAccount": [ACCOUNT]}},
    ),
)
CLOUDTRAIL_KEY = document(
    ROOT,
    for_key(
        "Allow CloudTrail to encrypt logs",
        {"Service": "cloudtrail.amazonaws.com"},
        "kms:GenerateDataKey*",
        {
            "StringEquals": {"aws:SourceArn": f"arn:aws:cloudtrail:eu-west-1:{OWNER}:trail/org"},
            "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": f"arn:aws:cloudtrail:*:{OWNER}:trail/*"},
        },
    ),
    for_key("Allow CloudTrail to describe key", {"Service": "cloudtrail.amazonaws.com"}, "kms:DescribeKey"),
)
# CloudWatch Logs User Guide, "Logs sent to Amazon S3": the statement to copy.
GUIDE = document(ROOT, for_key("Allow Logs Delivery to use the key", DELIVERY, USE, FOR_ACCOUNT))
GUIDE_ONE_REGION = document(
    ROOT,
    for_key(
        "Allow Logs Delivery to use the key",
        DELIVERY,
        USE,
        {
            "StringEquals": {"aws:SourceAccount": [ACCOUNT]},
            "ArnLike": {"aws:SourceArn": [f"arn:aws:logs:eu-west-1:{ACCOUNT}:*"]},
        },
    ),
)
SEVERAL_SERVICES = document(
    ROOT,
    for_key(
        "Log delivery of all kinds",
        {"Service": ["delivery.logs.amazonaws.com", "logs.eu-west-1.amazonaws.com", "cloudtrail.amazonaws.com"]},
        USE,
    ),
)
OUR_SID_ANYBODY = document(ROOT, for_key("AWSLogDeliveryKeyUse", {"AWS": "*"}, USE))
OUR_SID_UNFOR_ACCOUNT = document(ROOT, for_key("AWSLogDeliveryKeyUse", DELIVERY, "kms:*", FOR_ACCOUNT))
NO_MFA = document(
    ROOT,
    for_key(
        "NoDeletionWithoutMfa",
        "*",
        ["kms:ScheduleKeyDeletion", "kms:DisableKey"],
        {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
        Effect="Deny",
    ),
)
NO_MFA_AT_ALL = document(
    ROOT,
    for_key("Mfa", "*", "kms:*", {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}, Effect="Deny"),
)
OUTSIDERS = document(
    ROOT,
    for_key("Outsiders", "*", "kms:*", {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, Effect="Deny"),
)
ORPHAN_KEY = document(ROOT, for_key("Left", {"AWS": "AIDAEXAMPLEEXAMPLE123"}, USE))
UNMANAGED = document(for_key("Use", {"AWS": f"arn:aws:iam::{OWNER}:role/reader"}, USE))
CHINA_KEY = in_partition(GUIDE, "aws-cn", "cn-north-1")

#: The own statement if nothing is granted yet, and the statement of the key's account.
ADDED = "+AWSLogDeliveryKeyUse; =Enable IAM User Permissions"
TAKEN = "-AWSLogDeliveryKeyUse; =Enable IAM User Permissions"

KEY_CASES = (
    Case(
        "default",
        DEFAULT,
        ADDED,
        539,
        TAKEN,
    ),
    Case(
        "administrators, use through a service",
        ADMINS,
        ADDED + "; =Allow access for Key Administrators; =Allow use through S3",
        1177,
        TAKEN + "; =Allow access for Key Administrators; =Allow use through S3",
    ),
    Case(
        "grants",
        GRANTS,
        ADDED + "; =Allow use of the key; =Allow attachment of persistent resources",
        1003,
        TAKEN + "; =Allow use of the key; =Allow attachment of persistent resources",
    ),
    Case("CDK", CDK_KEY, "=#1; =#2", 327, "=#1; =#2"),
    Case(
        "Terraform",
        TERRAFORM_KEY,
        "+AWSLogDeliveryKeyUse; =Default; =KeyServiceUse",
        727,
        "-KeyServiceUse; -AWSLogDeliveryKeyUse; =Default",
    ),
    Case(
        "CloudTrail",
        CLOUDTRAIL_KEY,
        ADDED + "; =Allow CloudTrail to encrypt logs; =Allow CloudTrail to describe key",
        1032,
        TAKEN + "; =Allow CloudTrail to encrypt logs; =Allow CloudTrail to describe key",
    ),
    Case(
        "CloudWatch Logs guide",
        GUIDE,
        "=Enable IAM User Permissions; =Allow Logs Delivery to use the key",
        532,
        "-Allow Logs Delivery to use the key; =Enable IAM User Permissions",
    ),
    Case(
        "CloudWatch Logs guide, one region",
        GUIDE_ONE_REGION,
        ADDED + "; =Allow Logs Delivery to use the key",
        884,
        "-Allow Logs Delivery to use the key; -AWSLogDeliveryKeyUse; =Enable IAM User Permissions",
    ),
    Case(
        "several services",
        SEVERAL_SERVICES,
        "=Enable IAM User Permissions; =Log delivery of all kinds",
        457,
        "=Enable IAM User Permissions; =Log delivery of all kinds",
    ),
    Case(
        "own Sid, every AWS principal",
        OUR_SID_ANYBODY,
        "=Enable IAM User Permissions; =AWSLogDeliveryKeyUse",
        362,
        "=Enable IAM User Permissions; =AWSLogDeliveryKeyUse",
        warns=("(AWSLogDeliveryKeyUse: it allows other principals, it has other conditions)",),
    ),
    Case(
        "own Sid, all actions",
        OUR_SID_UNFOR_ACCOUNT,
        "=Enable IAM User Permissions; =AWSLogDeliveryKeyUse",
        438,
        "=Enable IAM User Permissions; =AWSLogDeliveryKeyUse",
        warns=("(AWSLogDeliveryKeyUse: it allows other actions)",),
    ),
    Case(
        "no deletion without MFA",
        NO_MFA,
        ADDED + "; =NoDeletionWithoutMfa",
        718,
        TAKEN + "; =NoDeletionWithoutMfa",
    ),
    Case(
        "nothing without MFA",
        NO_MFA_AT_ALL,
        ADDED + "; =Mfa",
        664,
        TAKEN + "; =Mfa",
        warns=("may deny log delivery the key (statement Mfa)",),
    ),
    Case(
        "outsiders",
        OUTSIDERS,
        ADDED + "; =Outsiders",
        672,
        TAKEN + "; =Outsiders",
        warns=("denies log delivery the key (statement Outsiders)",),
    ),
    Case(
        "a deleted principal",
        ORPHAN_KEY,
        ADDED + "; =Left",
        706,
        TAKEN + "; =Left",
        refused="PrincipalGone",
    ),
    Case(
        "no administrator",
        UNMANAGED,
        "+AWSLogDeliveryKeyUse; =Use",
        581,
        "-AWSLogDeliveryKeyUse; =Use",
        refused="KeyLockedOut",
    ),
    Case(
        "China",
        CHINA_KEY,
        "=Enable IAM User Permissions; =Allow Logs Delivery to use the key",
        538,
        "-Allow Logs Delivery to use the key; =Enable IAM User Permissions",
        partition="aws-cn",
    ),
)
