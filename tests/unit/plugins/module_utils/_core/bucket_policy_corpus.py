# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bucket policies as they are met, each with what a run for account 111122223333, all regions, must make of it.

Sources are the guides of the services named; account ids and names are examples.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from typing import Dict
from typing import List
from typing import Optional
from typing import Tuple

BUCKET = "example-logs"
ARN = f"arn:aws:s3:::{BUCKET}"
ACCOUNT = "111122223333"
DELIVERY = {"Service": "delivery.logs.amazonaws.com"}
ACL = {"s3:x-amz-acl": "bucket-owner-full-control"}
SOURCE = {"aws:SourceAccount": ACCOUNT}
SOURCE_ARN = {"aws:SourceArn": f"arn:aws:logs:*:{ACCOUNT}:*"}


@dataclass(frozen=True)
class Case:
    """A policy that is there, and what is to be done about it.

    :param missing: ``w``: the statement for writes is to be added; ``c``: that for the ACL check; ``u``: statements that
        are already there in our form are to be widened; nothing: all is granted.
    :param left: names of the statements that are left after the sources were taken out again, in both layouts.
    :param warns: words that a warning must have, None for no warning.
    """

    name: str
    policy: Dict[str, Any]
    missing: str
    left: Tuple[str, ...]
    warns: Optional[str] = None


def document(*statements: Dict[str, Any], **more: Any) -> Dict[str, Any]:
    return {"Version": "2012-10-17", **more, "Statement": list(statements)}


def statement(
    sid: str, principal: Any, action: Any, resource: Any, condition: Any = None, **more: Any
) -> Dict[str, Any]:
    made = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource, **more}
    return {**made, "Condition": condition} if condition else made


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

# What AWS's own guides had, and what it puts into a policy by itself; VPC User Guide 2020, 2021, 2022, 2023, today.
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

CASES = (
    Case("CloudTrail", CLOUDTRAIL, "wc", ("AWSCloudTrailAclCheck20150319", "AWSCloudTrailWrite20150319")),
    Case("load balancers", ELB, "wc", ("ElbAccount", "ElbService")),
    Case("Config", CONFIG, "wc", ("Check", "Put")),
    Case("TLS only", TLS_ONLY, "wc", ("TlsOnly",)),
    Case("TLS version", TLS_VERSION, "wc", ("Tls12",)),
    Case("one endpoint only", VPCE_ONLY, "wc", ("VpceOnly",), "denies log delivery (statement VpceOnly)"),
    Case("one endpoint, services exempt", VPCE_EXEMPT, "wc", ("VpceOrService",)),
    Case("organization only", ORG_DENY, "wc", ("OrgOnly",), "denies log delivery (statement OrgOnly)"),
    Case("organization, services exempt", ORG_EXEMPT, "wc", ("OrgOrService",)),
    Case("own sources only", CONFUSED_DEPUTY, "wc", ("OurSourcesOnly",), "may deny log delivery (statement OurS"),
    Case("own addresses only", IP_DENY, "wc", ("OfficeOnly",), "may deny log delivery (statement OfficeOnly)"),
    Case("encryption demanded", SSE_DENY, "wc", ("KmsOnly",), "may deny log delivery (statement KmsOnly)"),
    Case("no deletion", DELETE_DENY, "wc", ("NoDelete",)),
    Case("NotPrincipal", NOT_PRINCIPAL, "wc", ("OnlyOps",), "NotAction or NotPrincipal (statement OnlyOps)"),
    Case("NotAction", NOT_ACTION, "wc", ("ReadersOnly",), "NotAction or NotPrincipal (statement ReadersOnly)"),
    Case("replication, 2008", REPLICATION, "wc", ("Replicate", "Versions")),
    Case("server access logs", ACCESS_LOGS, "wc", ("S3ServerAccessLogs",)),
    Case("public read", PUBLIC_READ, "wc", ("PublicRead",)),
    Case("no version", NO_VERSION, "wc", ("Team",)),
    Case("a statement without a list", SINGLE, "wc", ("PublicRead",)),
    Case("everybody", EVERYBODY_MAY, "", ("Everybody",)),
    Case("everybody of AWS, no Sid", EVERYBODY_AWS, "", ("#1",)),
    Case("the service everywhere", DELIVERY_WIDE, "", ("LogDelivery",)),
    Case("two services", TWO_SERVICES, "", ("Vended",)),
    Case("AWS 2020", AWS_2020, "w", (), "AWSLogDeliveryWrite"),
    Case("AWS 2021", AWS_2021, "w", (), "AWSLogDeliveryWrite"),
    Case("AWS 2022", AWS_2022, "u", ()),
    Case("AWS 2023", AWS_2023, "", ("AWSLogDeliveryWrite", "AWSLogDeliveryAclCheck"), "AWSLogDeliveryWrite"),
    Case("AWS, Hive", AWS_HIVE, "", ()),
    Case("AWS, one region", AWS_ONE_REGION, "u", ()),
    Case("Terraform", TERRAFORM, "w", ("AllowVpcFlowLogs", "AllowVpcFlowLogsAcl")),
    Case("an ARN of the wrong service", WRONG_ARN, "wc", ()),
    Case("a wildcard that is none", LITERAL_STAR, "wc", ()),
    Case("organization of the principal", PRINCIPAL_ORG, "wc", ("PrincipalOrg",)),
    Case("a policy variable", VARIABLE, "wc", ("Variable", "AWSLogDeliveryAclCheck")),
)
