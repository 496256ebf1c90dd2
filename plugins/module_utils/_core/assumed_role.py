# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A role that work is done in, as connection options name it. PRIVATE to this collection."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import InputError
from .identifiers import IAM_ARN

#: Name of a session where none is given; CloudTrail shows it.
SESSION_NAME = "flowlogs.aws"
ROLE_OPTIONS = ("assume_role_arn", "assume_role_external_id", "assume_role_session_name")
EXPECTED_ACCOUNT = "expected_account_id"
#: Options of the modules of this collection that the modules of amazon.aws do not have.
_OWN_OPTIONS = (*ROLE_OPTIONS, EXPECTED_ACCOUNT)
#: What says whose credentials are meant, under all names that amazon.aws has for it.
_CREDENTIALS = (
    *("access_key", "aws_access_key_id", "aws_access_key"),
    *("secret_key", "aws_secret_access_key", "aws_secret_key"),
    *("session_token", "aws_session_token"),
    *("profile", "aws_profile"),
)
#: What connection options may hold: those of amazon.aws under all their names, and those of this collection.
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
    """A role, and what is said when it is assumed."""

    arn: str
    external_id: str | None = None
    session_name: str = SESSION_NAME

    def request(self) -> dict[str, str]:
        """Return the parameters of AssumeRole."""
        external = {"ExternalId": self.external_id} if self.external_id else {}
        return {"RoleArn": self.arn, "RoleSessionName": self.session_name, **external}


def account_of_role(arn: str, option: str) -> str:
    """Return the id of the account that a role is in.

    :param option: name of what holds the ARN, for the message.
    :raises InputError: if it is not the ARN of a role.
    """
    found = _ROLE.fullmatch(arn)
    if not found:
        raise InputError(option, arn, "the ARN of an IAM role, arn:aws:iam::111122223333:role/NAME")
    return found.group("account")


def role_of(options: Mapping[str, Any]) -> AssumedRole | None:
    """Return the role that connection options name; ``None``: the credentials are used as they are.

    :raises InputError: for what STS would never take.
    """
    arn, external_id, session_name = (options.get(name) or "" for name in ROLE_OPTIONS)
    if not arn and not external_id:
        return None
    if not arn:
        raise InputError("assume_role_external_id", external_id, "an external id beside assume_role_arn")
    account_of_role(str(arn), "assume_role_arn")
    if external_id and not _EXTERNAL_ID.fullmatch(str(external_id)):
        raise InputError("assume_role_external_id", external_id, "2 to 1224 letters, digits and _+=,.@:/-")
    if session_name and not _SESSION_NAME.fullmatch(str(session_name)):
        raise InputError("assume_role_session_name", session_name, "2 to 64 letters, digits and _+=,.@-")
    return AssumedRole(str(arn), str(external_id) or None, str(session_name) or SESSION_NAME)


def read_connection(option: str, value: Any) -> Mapping[str, Any]:
    """Return connection options. No value is repeated in an error, as it may be a secret.

    :param option: name of what holds them.
    :raises InputError: for what is no dictionary, for a name that no module knows, and for what STS would never take.
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
    """Return connection options as amazon.aws knows them: the credentials that a role is assumed with."""
    return {name: value for name, value in options.items() if name not in _OWN_OPTIONS}


def in_session(options: Mapping[str, Any], keys: Mapping[str, Any]) -> dict[str, Any]:
    """Return connection options for modules of amazon.aws, with the keys of a session in the place of all credentials.

    :param keys: ``access_key``, ``secret_key`` and ``session_token`` of the session.
    """
    kept = {name: value for name, value in without_role(options).items() if name not in _CREDENTIALS}
    # An empty profile keeps one of the environment away, which amazon.aws does not take beside keys.
    return {**kept, "profile": "", **{name: keys[name] for name in ("access_key", "secret_key", "session_token")}}
