# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How to fix AWS errors, by operation, error code and message. PRIVATE to this collection."""

from __future__ import annotations

import re
from re import Pattern
from typing import NamedTuple

from ..errors import name_options
from ..option_hints import ALLOW_GAP, CORRECT_DESTINATION, WITH_ECS_FIELDS, WITH_TAG_FIELDS
from .denials import statement_for


class _Hint(NamedTuple):
    operation: str | None
    code: Pattern[str] | None
    message: Pattern[str] | None
    text: str


def _hint(text: str, operation: str | None = None, code: str = "", message: str = "") -> _Hint:
    return _Hint(operation, re.compile(code) if code else None, re.compile(message) if message else None, text)


_DENIED = "^(UnauthorizedOperation|AccessDenied|AccessDeniedException)$"

#: VPC User Guide, flow-logs-s3-permissions and flow-logs-troubleshooting; EC2 API error codes. The first match applies.
_HINTS: tuple[_Hint, ...] = (
    _hint(
        "The caller needs ec2:CreateFlowLogs on the flow log and on the resource, ec2:CreateTags on the flow log when "
        "tags or name are given, and logs:CreateLogDelivery on '*'; "
        + name_options(WITH_TAG_FIELDS)
        + " ec2:DescribeTags, autoscaling:DescribeTags and iam:CreateServiceLinkedRole; "
        + name_options(WITH_ECS_FIELDS)
        + " ecs:ListClusters and, depending on the fields, ecs:ListContainerInstances, ecs:ListServices, "
        "ecs:ListTaskDefinitions and ecs:ListTasks. If AWS names "
        "none of them, logs:CreateLogDelivery is missing most often. Statement to add: "
        + statement_for(["logs:CreateLogDelivery"], "*")
        + " flowlogs.aws.flow_log_permissions_info lists every permission that the caller is missing.",
        "CreateFlowLogs",
        _DENIED,
    ),
    _hint("The caller needs ec2:DescribeFlowLogs on '*'.", "DescribeFlowLogs", _DENIED),
    # STS API Reference, AssumeRole.
    _hint(
        "The caller needs sts:AssumeRole on the role, and the trust policy of the role must allow the caller.",
        "AssumeRole",
        _DENIED,
    ),
    _hint(
        "The caller needs ec2:DeleteFlowLogs on the flow log and logs:DeleteLogDelivery on '*'.",
        "DeleteFlowLogs",
        _DENIED,
    ),
    _hint("The caller needs s3:ListBucket on the bucket.", "ListObjectsV2", _DENIED),
    _hint("The caller needs ec2:CreateTags on the flow log.", "CreateTags", _DENIED),
    _hint("The caller needs ec2:DeleteTags on the flow log.", "DeleteTags", _DENIED),
    _hint(name_options(CORRECT_DESTINATION), "CreateFlowLogs", message=r"^LogDestination: .* does not exist"),
    _hint(
        "The bucket policy (or, for an SSE-KMS bucket, the key policy) does not let log delivery write for this "
        "account, region and folder. flow_log_bucket_policy adds the missing statements, and flow_log_destination_info "
        "shows what blocks delivery.",
        "CreateFlowLogs",
        message="^Access Denied for LogDestination",
    ),
    _hint(
        "A bucket of another account must not be encrypted with the AWS managed key aws/s3, and its default encryption "
        "must name a customer managed key by its full ARN. flow_log_destination_info shows which of the two applies.",
        "CreateFlowLogs",
        message="is undeliverable",
    ),
    _hint(
        "AWS must add statements to the bucket policy, which would then exceed 20 KB: manage it with "
        "flow_log_bucket_policy.",
        "CreateFlowLogs",
        "^LogDestinationPermissionIssue",
    ),
    _hint(name_options(CORRECT_DESTINATION), "CreateFlowLogs", "^LogDestinationNotFound"),
    _hint("The resource does not exist in this account and region.", "CreateFlowLogs", r"\.NotFound$|^InvalidVpcId"),
    _hint("A resource can have 250 flow logs: delete some of them.", "CreateFlowLogs", "^FlowLogsLimitExceeded$"),
    _hint(
        name_options(ALLOW_GAP),
        "CreateFlowLogs",
        "^FlowLogAlreadyExists$",
    ),
    _hint(
        "The request rate of the account was exceeded despite retries; run fewer forks.",
        None,
        "^RequestLimitExceeded$",
    ),
    # S3 API Reference, "Error responses"; 301 is the code of HeadBucket, which has no body.
    _hint(
        "The bucket is in another Region: set region to the Region of the bucket (in an inventory, flow_log_bucket_region).",
        code="^(IllegalLocationConstraintException|PermanentRedirect|AuthorizationHeaderMalformed|301)$",
    ),
    # IAM User Guide, "Manage AWS STS in an AWS Region": tokens of the global endpoint are valid only in Regions that are
    # enabled by default.
    _hint(
        "AWS does not accept the credentials in this Region. If it is an opt-in Region, either the account has not enabled "
        "it, or the session token comes from the global endpoint of STS: enable the Region, or set "
        "AWS_STS_REGIONAL_ENDPOINTS to regional. Otherwise correct the keys.",
        code="^(AuthFailure|InvalidClientTokenId|OptInRequired|UnrecognizedClientException|InvalidToken"
        "|InvalidAccessKeyId)$",
    ),
)


def _matches(hint: _Hint, operation: str, code: str, message: str) -> bool:
    return (
        hint.operation in (None, operation)
        and (hint.code is None or bool(hint.code.search(code)))
        and (hint.message is None or bool(hint.message.search(message)))
    )


def hint_for(operation: str, code: str, message: str) -> str:
    """Return how to fix an error; ``""`` if AWS's message is enough.

    :param operation: name of the API operation, for example ``CreateFlowLogs``.
    :param code: AWS's error code; for items of ``Unsuccessful`` it may be the HTTP status ``400``.
    :param message: AWS's message.
    """
    return next((hint.text for hint in _HINTS if _matches(hint, operation, code, message)), "")
