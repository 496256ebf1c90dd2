# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""STS's calls: the caller's identity, and sessions of roles. PRIVATE to this collection."""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

from .._core.assumed_role import AssumedRole
from .errors import FlowLogsErrorHandler


class CallerIdentity(NamedTuple):
    """Account id (12 digits), ARN of the user or session, and partition."""

    account_id: str
    arn: str
    partition: str


#: Older versions of botocore use it for Regions that are enabled by default.
_GLOBAL_ENDPOINT = "https://sts.amazonaws.com"


def regional_client(make: Callable[..., Any], service: str, **parameters: Any) -> Any:
    """Return a client of a service. One of STS uses the endpoint of its Region with every version of botocore.

    Sessions of the global endpoint are not valid in opt-in Regions (IAM User Guide, "Manage AWS STS in an AWS Region").

    :param make: ``make(service, **parameters)`` returns a client; ``endpoint`` is a parameter.
    """
    client = make(service, **parameters)
    endpoint = regional_endpoint(client) if service == "sts" else None
    return make(service, **{**parameters, "endpoint": endpoint}) if endpoint else client


def regional_endpoint(client: Any) -> str | None:
    """Return the endpoint of the client's Region if the client uses the global one; ``None`` if it need not change."""
    region = str(client.meta.region_name)
    is_global = client.meta.endpoint_url == _GLOBAL_ENDPOINT and region != "aws-global"
    return f"https://sts.{region}.amazonaws.com" if is_global else None


@FlowLogsErrorHandler.common_error_handler("read the caller's identity")
def caller_identity(client: Any) -> CallerIdentity:
    """Return the caller's identity (STS API GetCallerIdentity, which needs no permission)."""
    answer = client.get_caller_identity()
    return CallerIdentity(answer["Account"], answer["Arn"], answer["Arn"].split(":")[1])


@FlowLogsErrorHandler.common_error_handler("assume the role {role.arn}")
def assume_role(client: Any, role: AssumedRole) -> dict[str, str | None]:
    """Return the keys of a session of the role, as parameters of a client (STS API AssumeRole)."""
    given = client.assume_role(**role.request())["Credentials"]
    return {
        "profile_name": None,
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }
