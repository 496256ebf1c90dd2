# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bucket policies from practice, each with the plan for account 111122223333 in all Regions.

The sources are the guides of the services. Account ids and names are examples.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Dict, List, Tuple

BUCKET = "example-logs"
ARN = f"arn:aws:s3:::{BUCKET}"
ACCOUNT = "111122223333"
DELIVERY = {"Service": "delivery.logs.amazonaws.com"}
ACL = {"s3:x-amz-acl": "bucket-owner-full-control"}
SOURCE = {"aws:SourceAccount": ACCOUNT}
SOURCE_ARN = {"aws:SourceArn": f"arn:aws:logs:*:{ACCOUNT}:*"}


@dataclass(frozen=True)
class Case:
    """An existing policy and its plans.

    :param present: what happens to each statement when the account is added: ``+`` added, ``~`` updated, ``=`` kept,
        each with the name of the statement, ``#1`` for the first one if it has no Sid.
    :param size: size of the policy afterwards in bytes.
    :param absent: what happens when the account is removed again, in both layouts; ``-`` is removed.
    :param warns: words in each warning of ``present``; empty for no warning.
    :param refused: code of the refusal. The module then writes nothing, and ``present`` is the refused plan.
    """

    name: str
    policy: Dict[str, Any]
    present: str
    size: int
    absent: str
    warns: Tuple[str, ...] = ()
    refused: str = ""
    partition: str = "aws"


def document(*statements: Dict[str, Any], **more: Any) -> Dict[str, Any]:
    return {"Version": "2012-10-17", **more, "Statement": list(statements)}


def statement(
    sid: str, principal: Any, action: Any, resource: Any, condition: Any = None, **more: Any
) -> Dict[str, Any]:
    result = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource, **more}
    return {**result, "Condition": condition} if condition else result


def deny(sid: str, condition: Any = None, action: Any = "s3:*", **more: Any) -> Dict[str, Any]:
    return statement(sid, "*", action, [ARN, f"{ARN}/*"], condition, Effect="Deny", **more)


def both(account: str = ACCOUNT, folder: str = "") -> List[str]:
    return [f"{ARN}/{folder}AWSLogs/{account}/*", f"{ARN}/{folder}AWSLogs/aws-account-id={account}/*"]


CLOUDTRAIL = document(
    statement("AWSCloudTrailAclCheck20150319", {"Service": "cloudtrail.amazonaws.com"}, "s3:GetBucketAcl", ARN),
    statement(
        "AWSCloudTrailWrite20150319",
        {"Service": "cloudtrail.amazonaws.com"},
        "s3:PutObject",
        f"{ARN}/AWSLogs/{ACCOUNT}/*",
        {"StringEquals": {**ACL, "aws:SourceArn": f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/org"}},
    ),
)
ELB = document(
    statement("ElbAccount", {"AWS": "arn:aws:iam::156460612806:root"}, "s3:PutObject", f"{ARN}/AWSLogs/{ACCOUNT}/*"),
    statement(
        "ElbService",
        {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
        "s3:PutObject",
        f"{ARN}/AWSLogs/{ACCOUNT}/*",
    ),
)
CONFIG = document(
    statement("Check", {"Service": "config.amazonaws.com"}, ["s3:GetBucketAcl", "s3:ListBucket"], ARN),
    statement("Put", {"Service": "config.amazonaws.com"}, "s3:PutObject", f"{ARN}/AWSLogs/*", {"StringEquals": ACL}),
    Id="config-delivery",
)
TLS_ONLY = document(deny("TlsOnly", {"Bool": {"aws:SecureTransport": "false"}}))
TLS_VERSION = document(deny("Tls12", {"NumericLessThan": {"s3:TlsVersion": "1.2"}}))
VPCE_ONLY = document(deny("VpceOnly", {"StringNotEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}))
VPCE_EXEMPT = document(
    deny(
        "VpceOrService",
        {
            "StringNotEqualsIfExists": {"aws:SourceVpce": "vpce-0123456789abcdef0"},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        },
    )
)
ORG_DENY = document(deny("OrgOnly", {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}))
ORG_EXEMPT = document(
    deny(
        "OrgOrService",
        {
            "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"},
            "Bool": {"aws:PrincipalIsAWSService": "false"},
        },
    )
)
CONFUSED_DEPUTY = document(
    deny(
        "OurSourcesOnly",
        {
            "StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"},
            "Null": {"aws:SourceAccount": "false"},
            "Bool": {"aws:PrincipalIsAWSService": "true"},
        },
    )
)
IP_DENY = document(deny("OfficeOnly", {"NotIpAddress": {"aws:SourceIp": ["192.0.2.0/24"]}}))
SSE_DENY = document(
    deny("KmsOnly", {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}, action="s3:PutObject")
)
DELETE_DENY = document(deny("NoDelete", action=["s3:DeleteObject*", "s3:PutLifecycleConfiguration"]))
NOT_PRINCIPAL = document(
    {
        "Sid": "OnlyOps",
        "Effect": "Deny",
        "NotPrincipal": {"AWS": [f"arn:aws:iam::{ACCOUNT}:root", f"arn:aws:iam::{ACCOUNT}:role/ops"]},
        "Action": "s3:DeleteBucket",
        "Resource": ARN,
    }
)
NOT_ACTION = document(
    {
        "Sid": "ReadersOnly",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/reader"},
        "NotAction": "s3:Delete*",
        "Resource": [ARN, f"{ARN}/*"],
    }
)
REPLICATION = document(
    statement(
        "Replicate",
        {"AWS": "arn:aws:iam::444455556666:role/replication"},
        ["s3:ReplicateObject", "s3:ReplicateDelete"],
        f"{ARN}/*",
    ),
    statement(
        "Versions", {"AWS": "arn:aws:iam::444455556666:role/replication"}, ["s3:List*", "s3:GetBucketVersioning"], ARN
    ),
    Version="2008-10-17",
)
ACCESS_LOGS = document(
    statement(
        "S3ServerAccessLogs",
        {"Service": "logging.s3.amazonaws.com"},
        "s3:PutObject",
        f"{ARN}/s3/*",
        {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::source"}, "StringEquals": SOURCE},
    )
)
PUBLIC_READ = document(statement("PublicRead", "*", "s3:GetObject", f"{ARN}/public/*"))
NO_VERSION = {"Statement": [statement("Team", {"AWS": "444455556666"}, "s3:GetObject", f"{ARN}/team/*")]}
SINGLE = {"Version": "2012-10-17", "Id": "x", "Statement": PUBLIC_READ["Statement"][0]}
EVERYBODY_MAY = document(statement("Everybody", "*", "s3:*", [ARN, f"{ARN}/*"]))
EVERYBODY_AWS = document(statement("", {"AWS": "*"}, ["s3:Put*", "S3:GETBUCKET*"], [ARN, f"{ARN}/*"]))
DELIVERY_WIDE = document(statement("LogDelivery", DELIVERY, ["s3:PutObject", "s3:GetBucketAcl"], [ARN, f"{ARN}/*"]))
TWO_SERVICES = document(
    statement(
        "Vended",
        {"Service": ["delivery.logs.amazonaws.com", "cloudtrail.amazonaws.com"]},
        ["s3:PutObject", "s3:GetBucketAcl"],
        [ARN, f"{ARN}/AWSLogs/*"],
    )
)

# The statements in AWS's guides and those that AWS adds itself; VPC User Guide 2020, 2021, 2022, 2023, today.
AWS_2020 = document(
    statement("AWSLogDeliveryWrite", DELIVERY, "s3:PutObject", f"{ARN}/AWSLogs/{ACCOUNT}/*", {"StringEquals": ACL}),
    statement("AWSLogDeliveryAclCheck", DELIVERY, "s3:GetBucketAcl", ARN),
    Id="AWSLogDeliveryWrite20150319",
)
AWS_2021 = document(
    statement("AWSLogDeliveryWrite", DELIVERY, "s3:PutObject", f"{ARN}/AWSLogs/{ACCOUNT}/*", {"StringEquals": ACL}),
    statement("AWSLogDeliveryCheck", DELIVERY, ["s3:GetBucketAcl", "s3:ListBucket"], ARN),
)
AWS_2022 = document(
    statement(
        "AWSLogDeliveryWrite",
        DELIVERY,
        "s3:PutObject",
        f"{ARN}/AWSLogs/{ACCOUNT}/*",
        {"StringEquals": {**ACL, **SOURCE}, "ArnLike": SOURCE_ARN},
    ),
    statement(
        "AWSLogDeliveryAclCheck", DELIVERY, "s3:GetBucketAcl", ARN, {"StringEquals": SOURCE, "ArnLike": SOURCE_ARN}
    ),
)
AWS_2023 = document(
    statement(
        "AWSLogDeliveryWrite",
        DELIVERY,
        "s3:PutObject",
        f"{ARN}/*",
        {"StringEquals": {**ACL, **SOURCE}, "ArnLike": SOURCE_ARN},
    ),
    statement(
        "AWSLogDeliveryAclCheck",
        DELIVERY,
        ["s3:Get*", "s3:List*"],
        ARN,
        {"StringEquals": SOURCE, "ArnLike": SOURCE_ARN},
    ),
)
AWS_HIVE = document(
    statement(
        "AWSLogDeliveryWrite1",
        DELIVERY,
        "s3:PutObject",
        both(),
        {
            "StringEquals": {**ACL, "aws:SourceAccount": [ACCOUNT]},
            "ArnLike": {"aws:SourceArn": [f"arn:aws:logs:*:{ACCOUNT}:*"]},
        },
    ),
    statement(
        "AWSLogDeliveryAclCheck1",
        DELIVERY,
        ["s3:GetBucketAcl", "s3:ListBucket"],
        ARN,
        {"StringEquals": SOURCE, "ArnLike": SOURCE_ARN},
    ),
)
AWS_ONE_REGION = document(
    statement(
        "AWSLogDeliveryWrite",
        DELIVERY,
        "s3:PutObject",
        f"{ARN}/AWSLogs/{ACCOUNT}/*",
        {"StringEquals": {**ACL, **SOURCE}, "ArnLike": {"aws:SourceArn": f"arn:aws:logs:eu-west-1:{ACCOUNT}:*"}},
    ),
    statement(
        "AWSLogDeliveryAclCheck",
        DELIVERY,
        "s3:GetBucketAcl",
        ARN,
        {"StringEquals": SOURCE, "ArnLike": {"aws:SourceArn": f"arn:aws:logs:eu-west-1:{ACCOUNT}:*"}},
    ),
)
TERRAFORM = document(
    statement(
        "AllowVpcFlowLogs",
        DELIVERY,
        ["s3:PutObject"],
        [f"{ARN}/AWSLogs/{ACCOUNT}/*", f"{ARN}/AWSLogs/444455556666/*"],
        {
            "StringEquals": {
                "S3:X-AMZ-ACL": ["bucket-owner-full-control"],
                "AWS:sourceaccount": [ACCOUNT, "444455556666"],
            }
        },
    ),
    statement(
        "AllowVpcFlowLogsAcl",
        DELIVERY,
        ["s3:GetBucketAcl"],
        [ARN],
        {"StringEquals": {"aws:SourceAccount": [ACCOUNT, "444455556666"]}},
    ),
)
WRONG_ARN = document(
    statement(
        "Ec2Arn",
        DELIVERY,
        "s3:PutObject",
        both(),
        {"StringEquals": ACL, "ArnLike": {"aws:SourceArn": f"arn:aws:ec2:*:{ACCOUNT}:vpc-flow-log/*"}},
    )
)
LITERAL_STAR = document(
    statement(
        "EqualsWithStar",
        DELIVERY,
        "s3:PutObject",
        both(),
        {"StringEquals": {**ACL, "aws:SourceArn": f"arn:aws:logs:*:{ACCOUNT}:*"}},
    )
)
PRINCIPAL_ORG = document(
    statement(
        "PrincipalOrg",
        "*",
        ["s3:PutObject", "s3:GetBucketAcl"],
        [ARN, f"{ARN}/*"],
        {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
    )
)
VARIABLE = document(statement("Variable", DELIVERY, "s3:PutObject", f"{ARN}/AWSLogs/${{aws:SourceAccount}}/*"))

# --- other services, tools and partitions ---

INVENTORY = document(
    statement(
        "InventoryAndAnalytics",
        {"Service": "s3.amazonaws.com"},
        "s3:PutObject",
        [f"{ARN}/inventory/*"],
        {"ArnLike": {"aws:SourceArn": ["arn:aws:s3:::source"]}, "StringEquals": {**SOURCE, **ACL}},
    )
)
# AWS CDK: autoDeleteObjects and enforceSSL of a bucket, and the statements of its FlowLog construct.
CDK = document(
    statement(
        "",
        {"AWS": f"arn:aws:iam::{ACCOUNT}:role/Stack-CustomS3AutoDeleteObjects-1A2B3C"},
        ["s3:DeleteObject*", "s3:GetBucket*", "s3:List*", "s3:PutBucketPolicy"],
        [ARN, f"{ARN}/*"],
    ),
    statement(
        "",
        DELIVERY,
        "s3:PutObject",
        f"{ARN}/AWSLogs/{ACCOUNT}/*",
        {
            "StringEquals": {**ACL, "aws:SourceAccount": ACCOUNT},
            "ArnLike": {"aws:SourceArn": f"arn:aws:logs:eu-west-1:{ACCOUNT}:*"},
        },
    ),
    statement(
        "",
        DELIVERY,
        ["s3:GetBucketAcl", "s3:ListBucket"],
        ARN,
        {"StringEquals": SOURCE, "ArnLike": {"aws:SourceArn": f"arn:aws:logs:eu-west-1:{ACCOUNT}:*"}},
    ),
)
CDK = {**CDK, "Statement": [{name: item[name] for name in item if name != "Sid"} for item in CDK["Statement"]]}
# Cloud Posse's module for flow log buckets: the statements of 2020, and a Deny without TLS.
CLOUD_POSSE = document(
    statement("AWSLogDeliveryWrite", DELIVERY, "s3:PutObject", f"{ARN}/*", {"StringEquals": ACL}),
    statement("AWSLogDeliveryAclCheck", DELIVERY, "s3:GetBucketAcl", ARN),
    deny("ForceSSLOnlyAccess", {"Bool": {"aws:SecureTransport": ["false"]}}, action=["s3:*"]),
)
# AWS Control Tower's central log bucket, and that of Landing Zone Accelerator.
CONTROL_TOWER = document(
    deny("AllowSSLRequestsOnly", {"Bool": {"aws:SecureTransport": "false"}}),
    statement(
        "AWSBucketPermissionsCheck",
        {"Service": ["cloudtrail.amazonaws.com", "config.amazonaws.com"]},
        "s3:GetBucketAcl",
        ARN,
    ),
    statement("AWSConfigBucketExistenceCheck", {"Service": "config.amazonaws.com"}, "s3:ListBucket", ARN),
    statement(
        "AWSBucketDeliveryForConfig",
        {"Service": "config.amazonaws.com"},
        "s3:PutObject",
        f"{ARN}/o-a1b2c3d4e5/AWSLogs/*/*",
        {"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}},
    ),
    statement(
        "AWSBucketDeliveryForOrganizationCloudTrail",
        {"Service": "cloudtrail.amazonaws.com"},
        "s3:PutObject",
        f"{ARN}/o-a1b2c3d4e5/AWSLogs/o-a1b2c3d4e5/*",
    ),
)
LANDING_ZONE = document(
    deny("deny-insecure-connections", {"Bool": {"aws:SecureTransport": "false"}}),
    statement(
        "Allow write access for logging services",
        {"Service": ["cloudtrail.amazonaws.com", "config.amazonaws.com", "delivery.logs.amazonaws.com"]},
        "s3:PutObject",
        f"{ARN}/*",
        {"StringEquals": ACL},
    ),
    statement(
        "Allow read access for logging services",
        {"Service": ["cloudtrail.amazonaws.com", "config.amazonaws.com", "delivery.logs.amazonaws.com"]},
        ["s3:GetBucketAcl", "s3:ListBucket"],
        ARN,
    ),
    statement(
        "Allow Organization principals to use of the bucket",
        {"AWS": "*"},
        ["s3:GetBucketLocation", "s3:GetBucketAcl", "s3:PutObject", "s3:GetObject", "s3:ListBucket"],
        [ARN, f"{ARN}/*"],
        {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
    ),
)
# Statements that AWS added and extended for several flow logs with their own folders (troubleshooting page).
AWS_GROWN = document(
    statement(
        "AWSLogDeliveryWrite1",
        DELIVERY,
        "s3:PutObject",
        [f"{ARN}/{folder}AWSLogs/{ACCOUNT}/*" for folder in ("", "dev/", "prod/", "shared/network/")],
        {
            "StringEquals": {**ACL, **SOURCE},
            "ArnLike": {"aws:SourceArn": [f"arn:aws:logs:{name}:{ACCOUNT}:*" for name in ("eu-west-1", "us-east-1")]},
        },
    ),
    statement(
        "AWSLogDeliveryAclCheck1",
        DELIVERY,
        "s3:GetBucketAcl",
        ARN,
        {
            "StringEquals": SOURCE,
            "ArnLike": {"aws:SourceArn": [f"arn:aws:logs:{name}:{ACCOUNT}:*" for name in ("eu-west-1", "us-east-1")]},
        },
    ),
    Id="AWSLogDeliveryWrite20150319",
)
AWS_2023_LIST = document(
    AWS_2022["Statement"][0],
    {**AWS_2022["Statement"][1], "Action": ["s3:GetBucketAcl", "s3:ListBucket"]},
    Id="AWSLogDeliveryWrite20150319",
)
ROOTS = document(
    statement(
        "Readers",
        {"AWS": [f"arn:aws:iam::{ACCOUNT}:root", "444455556666", "arn:aws:iam::777788889999:role/audit"]},
        ["s3:GetObject", "s3:GetObjectVersion"],
        f"{ARN}/*",
    )
)
CANONICAL = document(
    statement(
        "ContentDelivery",
        {"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"},
        "s3:GetObject",
        f"{ARN}/*",
    )
)
NOT_RESOURCE = document(
    {
        "Sid": "LogsOnly",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "s3:PutObject",
        "NotResource": f"{ARN}/AWSLogs/*",
    }
)
NOT_RESOURCE_DENY = document(
    {"Sid": "ExportsOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:Put*", "NotResource": f"{ARN}/exports/*"}
)
SOURCE_ORG = document(
    deny("SourcesOfOrg", {"StringNotEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}),
)
ORPHAN = document(
    statement("Left", {"AWS": ["AROAEXAMPLEEXAMPLE123", f"arn:aws:iam::{ACCOUNT}:root"]}, "s3:GetObject", f"{ARN}/*"),
    *TLS_ONLY["Statement"],
)
PERSONAL = document(
    statement(
        "Homes",
        {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        ["s3:GetObject", "s3:PutObject"],
        f"{ARN}/home/${{aws:username}}/*",
        {"StringLike": {"s3:prefix": "home/${aws:username}/*"}},
    )
)
OUR_SID_WIDE = document(
    {**EVERYBODY_MAY["Statement"][0], "Sid": "AWSLogDeliveryWrite"},
)
OUR_SID_MORE = document(
    {**AWS_HIVE["Statement"][0], "Sid": "AWSLogDeliveryWrite", "Action": ["s3:PutObject", "s3:DeleteObject"]},
    *AWS_2022["Statement"][1:],
)


def in_partition(policy: Dict[str, Any], partition: str, region: str) -> Dict[str, Any]:
    """Return the policy for another partition."""
    text = json.dumps(policy).replace("arn:aws:", f"arn:{partition}:").replace("eu-west-1", region)
    return dict(json.loads(text))


CHINA = in_partition(document(*AWS_ONE_REGION["Statement"], *ROOTS["Statement"]), "aws-cn", "cn-north-1")
GOV_CLOUD = in_partition(document(*AWS_2022["Statement"], *TLS_ONLY["Statement"]), "aws-us-gov", "us-gov-west-1")
GOV_CLOUD_WRONG = document(*AWS_2022["Statement"])


#: The two own statements if nothing is granted yet, before third-party statements.
ADDED = "+AWSLogDeliveryWrite; +AWSLogDeliveryAclCheck; ="
TAKEN = "-AWSLogDeliveryWrite; -AWSLogDeliveryAclCheck; ="
_OF_CONTROL_TOWER = (
    "AllowSSLRequestsOnly; =AWSBucketPermissionsCheck; =AWSConfigBucketExistenceCheck; "
    "=AWSBucketDeliveryForConfig; =AWSBucketDeliveryForOrganizationCloudTrail"
)
_OF_LANDING_ZONE = (
    "=deny-insecure-connections; =Allow write access for logging services; "
    "=Allow read access for logging services; =Allow Organization principals to use of the bucket"
)

CASES = (
    Case(
        "CloudTrail",
        CLOUDTRAIL,
        ADDED + "AWSCloudTrailAclCheck20150319; =AWSCloudTrailWrite20150319",
        1267,
        TAKEN + "AWSCloudTrailAclCheck20150319; =AWSCloudTrailWrite20150319",
    ),
    Case("load balancers", ELB, ADDED + "ElbAccount; =ElbService", 1132, TAKEN + "ElbAccount; =ElbService"),
    Case("Config", CONFIG, ADDED + "Check; =Put", 1170, TAKEN + "Check; =Put"),
    Case("TLS only", TLS_ONLY, ADDED + "TlsOnly", 948, TAKEN + "TlsOnly"),
    Case("TLS version", TLS_VERSION, ADDED + "Tls12", 949, TAKEN + "Tls12"),
    Case(
        "one endpoint only",
        VPCE_ONLY,
        ADDED + "VpceOnly",
        972,
        TAKEN + "VpceOnly",
        warns=("denies log delivery (statement VpceOnly)",),
    ),
    Case("one endpoint, services exempt", VPCE_EXEMPT, ADDED + "VpceOrService", 1038, TAKEN + "VpceOrService"),
    Case(
        "organization only",
        ORG_DENY,
        ADDED + "OrgOnly",
        965,
        TAKEN + "OrgOnly",
        warns=("denies log delivery (statement OrgOnly)",),
    ),
    Case("organization, services exempt", ORG_EXEMPT, ADDED + "OrgOrService", 1023, TAKEN + "OrgOrService"),
    Case(
        "own sources only",
        CONFUSED_DEPUTY,
        ADDED + "OurSourcesOnly",
        1058,
        TAKEN + "OurSourcesOnly",
        warns=("may deny log delivery (statement OurSourcesOnly)",),
    ),
    Case(
        "own addresses only",
        IP_DENY,
        ADDED + "OfficeOnly",
        961,
        TAKEN + "OfficeOnly",
        warns=("may deny log delivery (statement OfficeOnly)",),
    ),
    Case(
        "encryption demanded",
        SSE_DENY,
        ADDED + "KmsOnly",
        981,
        TAKEN + "KmsOnly",
        warns=("may deny log delivery (statement KmsOnly)",),
    ),
    Case("no deletion", DELETE_DENY, ADDED + "NoDelete", 941, TAKEN + "NoDelete"),
    Case(
        "NotPrincipal",
        NOT_PRINCIPAL,
        ADDED + "OnlyOps",
        953,
        TAKEN + "OnlyOps",
        warns=("NotAction or NotPrincipal (statement OnlyOps)",),
    ),
    Case(
        "NotAction",
        NOT_ACTION,
        ADDED + "ReadersOnly",
        953,
        TAKEN + "ReadersOnly",
        warns=("NotAction or NotPrincipal (statement ReadersOnly)",),
    ),
    Case("replication, 2008", REPLICATION, ADDED + "Replicate; =Versions", 1141, TAKEN + "Replicate; =Versions"),
    Case("server access logs", ACCESS_LOGS, ADDED + "S3ServerAccessLogs", 1039, TAKEN + "S3ServerAccessLogs"),
    Case("public read", PUBLIC_READ, ADDED + "PublicRead", 884, TAKEN + "PublicRead"),
    Case("no version", NO_VERSION, ADDED + "Team", 872, TAKEN + "Team"),
    Case("a statement without a list", SINGLE, ADDED + "PublicRead", 893, TAKEN + "PublicRead"),
    Case("everybody", EVERYBODY_MAY, "=Everybody", 178, "=Everybody"),
    Case("every AWS principal, no Sid", EVERYBODY_AWS, "=#1", 198, "=#1"),
    Case("the service everywhere", DELIVERY_WIDE, "=LogDelivery", 246, "=LogDelivery"),
    Case("two services", TWO_SERVICES, "=Vended", 278, "=Vended"),
    Case(
        "AWS 2020",
        AWS_2020,
        "+AWSLogDeliveryWrite2; =AWSLogDeliveryWrite; =AWSLogDeliveryAclCheck",
        876,
        "-AWSLogDeliveryWrite; -AWSLogDeliveryAclCheck; -AWSLogDeliveryWrite2",
        warns=("Statement AWSLogDeliveryWrite of",),
    ),
    Case(
        "AWS 2021",
        AWS_2021,
        "+AWSLogDeliveryWrite2; =AWSLogDeliveryWrite; =AWSLogDeliveryCheck",
        856,
        "-AWSLogDeliveryWrite; -AWSLogDeliveryCheck; -AWSLogDeliveryWrite2",
        warns=("Statement AWSLogDeliveryWrite of",),
    ),
    Case(
        "AWS 2022",
        AWS_2022,
        "~AWSLogDeliveryWrite; =AWSLogDeliveryAclCheck",
        758,
        "-AWSLogDeliveryWrite; -AWSLogDeliveryAclCheck",
    ),
    Case(
        "AWS 2023",
        AWS_2023,
        "=AWSLogDeliveryWrite; =AWSLogDeliveryAclCheck",
        674,
        "=AWSLogDeliveryWrite; =AWSLogDeliveryAclCheck",
        warns=("(AWSLogDeliveryWrite: it names other resources; AWSLogDeliveryAclCheck: it allows other actions)",),
    ),
    Case(
        "AWS, Hive",
        AWS_HIVE,
        "=AWSLogDeliveryWrite1; =AWSLogDeliveryAclCheck1",
        782,
        "-AWSLogDeliveryWrite1; -AWSLogDeliveryAclCheck1",
    ),
    Case(
        "AWS, one region",
        AWS_ONE_REGION,
        "~AWSLogDeliveryWrite; ~AWSLogDeliveryAclCheck",
        758,
        "-AWSLogDeliveryWrite; -AWSLogDeliveryAclCheck",
    ),
    Case(
        "Terraform",
        TERRAFORM,
        "+AWSLogDeliveryWrite; =AllowVpcFlowLogs; =AllowVpcFlowLogsAcl",
        1030,
        "~AllowVpcFlowLogs; ~AllowVpcFlowLogsAcl; -AWSLogDeliveryWrite",
    ),
    Case(
        "an ARN of the wrong service",
        WRONG_ARN,
        ADDED + "Ec2Arn",
        1146,
        "-Ec2Arn; -AWSLogDeliveryWrite; -AWSLogDeliveryAclCheck",
    ),
    Case(
        "a literal wildcard",
        LITERAL_STAR,
        ADDED + "EqualsWithStar",
        1130,
        "-EqualsWithStar; -AWSLogDeliveryWrite; -AWSLogDeliveryAclCheck",
    ),
    Case("organization of the principal", PRINCIPAL_ORG, ADDED + "PrincipalOrg", 996, TAKEN + "PrincipalOrg"),
    Case(
        "a policy variable",
        VARIABLE,
        ADDED + "Variable",
        942,
        "-AWSLogDeliveryWrite; =Variable; =AWSLogDeliveryAclCheck",
    ),
    Case("inventory", INVENTORY, ADDED + "InventoryAndAnalytics", 1088, TAKEN + "InventoryAndAnalytics"),
    Case("CDK", CDK, ADDED + "#1; =#2; =#3", 1645, "-#2; -#3; -AWSLogDeliveryWrite; -AWSLogDeliveryAclCheck; =#1"),
    Case(
        "Cloud Posse",
        CLOUD_POSSE,
        "=AWSLogDeliveryWrite; =AWSLogDeliveryAclCheck; =ForceSSLOnlyAccess",
        653,
        "=AWSLogDeliveryWrite; =AWSLogDeliveryAclCheck; =ForceSSLOnlyAccess",
        warns=("(AWSLogDeliveryWrite: it names other resources)",),
    ),
    Case(
        "Control Tower",
        CONTROL_TOWER,
        ADDED + _OF_CONTROL_TOWER,
        1797,
        TAKEN + _OF_CONTROL_TOWER,
    ),
    Case(
        "Landing Zone Accelerator",
        LANDING_ZONE,
        _OF_LANDING_ZONE,
        1152,
        _OF_LANDING_ZONE,
    ),
    Case(
        "AWS, grown",
        AWS_GROWN,
        "+AWSLogDeliveryWrite; ~AWSLogDeliveryWrite1; ~AWSLogDeliveryAclCheck1",
        1329,
        "-AWSLogDeliveryWrite; =AWSLogDeliveryWrite1; =AWSLogDeliveryAclCheck1",
    ),
    Case(
        "AWS 2023, with ListBucket",
        AWS_2023_LIST,
        "~AWSLogDeliveryWrite; =AWSLogDeliveryAclCheck",
        811,
        "-AWSLogDeliveryWrite; -AWSLogDeliveryAclCheck",
    ),
    Case("root ARN and account id", ROOTS, ADDED + "Readers", 991, TAKEN + "Readers"),
    Case("canonical id", CANONICAL, ADDED + "ContentDelivery", 963, TAKEN + "ContentDelivery"),
    Case("NotResource, logs spared", NOT_RESOURCE, ADDED + "LogsOnly", 893, TAKEN + "LogsOnly"),
    Case(
        "NotResource, logs denied",
        NOT_RESOURCE_DENY,
        ADDED + "ExportsOnly",
        883,
        TAKEN + "ExportsOnly",
        warns=("denies log delivery (statement ExportsOnly)",),
    ),
    Case(
        "sources of the organization only",
        SOURCE_ORG,
        ADDED + "SourcesOfOrg",
        967,
        TAKEN + "SourcesOfOrg",
        warns=("may deny log delivery (statement SourcesOfOrg)",),
    ),
    Case(
        "a deleted principal",
        ORPHAN,
        ADDED + "Left; =TlsOnly",
        1124,
        TAKEN + "Left; =TlsOnly",
        refused="PrincipalGone",
    ),
    Case("folders by policy variable", PERSONAL, ADDED + "Homes", 1013, TAKEN + "Homes"),
    Case(
        "own Sid, everybody",
        OUR_SID_WIDE,
        "=AWSLogDeliveryWrite",
        188,
        "=AWSLogDeliveryWrite",
        warns=("(AWSLogDeliveryWrite: it allows other principals, it allows other actions, ",),
    ),
    Case(
        "own Sid, more actions",
        OUR_SID_MORE,
        "=AWSLogDeliveryWrite; =AWSLogDeliveryAclCheck",
        782,
        "=AWSLogDeliveryWrite; =AWSLogDeliveryAclCheck",
        warns=("(AWSLogDeliveryWrite: it allows other actions)",),
    ),
    Case(
        "China",
        CHINA,
        "~AWSLogDeliveryWrite; ~AWSLogDeliveryAclCheck; =Readers",
        1015,
        TAKEN + "Readers",
        partition="aws-cn",
    ),
    Case(
        "GovCloud",
        GOV_CLOUD,
        "~AWSLogDeliveryWrite; =AWSLogDeliveryAclCheck; =TlsOnly",
        997,
        TAKEN + "TlsOnly",
        partition="aws-us-gov",
    ),
    Case(
        "GovCloud, ARNs of another partition",
        GOV_CLOUD_WRONG,
        "+AWSLogDeliveryWrite2; +AWSLogDeliveryAclCheck2; =AWSLogDeliveryWrite; =AWSLogDeliveryAclCheck",
        1447,
        "-AWSLogDeliveryAclCheck; -AWSLogDeliveryWrite2; -AWSLogDeliveryAclCheck2; =AWSLogDeliveryWrite",
        warns=("(AWSLogDeliveryWrite: it names other resources; AWSLogDeliveryAclCheck: it names other resources)",),
        partition="aws-us-gov",
    ),
)
