# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads connection options, and the role to assume among them. PRIVATE to this collection."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import InputError
from .identifiers import IAM_ARN

#: Default name of a session; CloudTrail shows it.
SESSION_NAME = "flowlogs.aws"
ROLE_OPTIONS = ("assume_role_arn", "assume_role_external_id", "assume_role_session_name")
EXPECTED_ACCOUNT = "expected_account_id"
#: Options of the modules of this collection that the modules of amazon.aws do not have.
_OWN_OPTIONS = (*ROLE_OPTIONS, EXPECTED_ACCOUNT)
#: Options for credentials, with all their names in amazon.aws.
_CREDENTIALS = (
    *("access_key", "aws_access_key_id", "aws_access_key"),
    *("secret_key", "aws_secret_access_key", "aws_secret_key"),
    *("session_token", "aws_session_token"),
    *("profile", "aws_profile"),
)
#: Accepted connection options: those of amazon.aws with all their names, and those of this collection.
CONNECTION_OPTIONS = (
    *_OWN_OPTIONS,
    *_CREDENTIALS,
    *("endpoint_url", "aws_endpoint_url", "region", "aws_region"),
    *("validate_certs", "aws_ca_bundle", "aws_config", "debug_botocore_endpoint_logs"),
)
_ROLE = re.compile(rf"{IAM_ARN}:role/[\w+=,.@/-]+", re.ASCII)
#: STS API Reference, AssumeRole: RoleSessionName and ExternalId.
_SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
_EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)


@dataclass(frozen=True)
class AssumedRole:
    """A role, and the other parameters with which it is assumed."""

    arn: str
    external_id: str | None = None
    session_name: str = SESSION_NAME

    def request(self) -> dict[str, str]:
        """Return the parameters of AssumeRole."""
        external = {"ExternalId": self.external_id} if self.external_id else {}
        return {"RoleArn": self.arn, "RoleSessionName": self.session_name, **external}


def account_of_role(arn: str, option: str) -> str:
    """Return the id of a role's account.

    :param option: name of the option with the ARN, for the error.
    :raises InputError: if it is not the ARN of a role.
    """
    found = _ROLE.fullmatch(arn)
    if not found:
        raise InputError(option, arn, "the ARN of an IAM role, arn:aws:iam::111122223333:role/NAME")
    return found.group("account")


def role_of(options: Mapping[str, Any]) -> AssumedRole | None:
    """Return the role in connection options; ``None``: no role is assumed.

    :raises InputError: for values that STS refuses.
    """
    arn, external_id, session_name = (options.get(name) or "" for name in ROLE_OPTIONS)
    if not arn and not external_id:
        return None
    if not arn:
        raise InputError("assume_role_external_id", external_id, "an external id together with assume_role_arn")
    account_of_role(str(arn), "assume_role_arn")
    if external_id and not _EXTERNAL_ID.fullmatch(str(external_id)):
        raise InputError("assume_role_external_id", external_id, "2 to 1224 letters, digits and _+=,.@:/-")
    if session_name and not _SESSION_NAME.fullmatch(str(session_name)):
        raise InputError("assume_role_session_name", session_name, "2 to 64 letters, digits and _+=,.@-")
    return AssumedRole(str(arn), str(external_id) or None, str(session_name) or SESSION_NAME)


def read_connection(option: str, value: Any) -> Mapping[str, Any]:
    """Return connection options after checking them. An error never repeats a value, which may be a secret.

    :param option: name of the option with the connection options, for the error.
    :raises InputError: for a value that is not a dictionary, for an unknown name, and for a role that STS refuses.
    """
    if not isinstance(value, Mapping):
        raise InputError(option, f"({type(value).__name__})", "a dictionary of connection options")
    for name in value:
        if name not in CONNECTION_OPTIONS:
            close = difflib.get_close_matches(str(name), CONNECTION_OPTIONS, n=1)
            raise InputError(option, name, ", ".join(close or CONNECTION_OPTIONS))
    try:
        role_of(value)
    except InputError as error:
        raise InputError(f"{option}.{error.option}", error.value, error.allowed) from None
    return value


def without_role(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the connection options that amazon.aws knows: those with which a role is assumed."""
    return {name: value for name, value in options.items() if name not in _OWN_OPTIONS}


def in_session(options: Mapping[str, Any], keys: Mapping[str, Any]) -> dict[str, Any]:
    """Return connection options for modules of amazon.aws, with the keys of a session instead of all credentials.

    :param keys: ``access_key``, ``secret_key`` and ``session_token`` of the session.
    """
    kept = {name: value for name, value in without_role(options).items() if name not in _CREDENTIALS}
    # An empty profile overrides one in the environment: amazon.aws refuses a profile together with keys.
    return {**kept, "profile": "", **{name: keys[name] for name in ("access_key", "secret_key", "session_token")}}
