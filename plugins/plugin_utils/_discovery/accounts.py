# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The accounts that the inventory plugin reads, and the credentials for them. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict

from ansible_collections.flowlogs.aws.plugins.module_utils._core.assumed_role import account_of_role
from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.identifiers import parse_account_id

#: Keys of an entry of the option ``accounts``.
ACCOUNT_KEYS = ("account_id", "name", "profile", "assume_role_arn", "playbook_role_arn")
#: Code of the gap for an account of the organization that is suspended or closed. Nothing there can be logged.
NOT_ACTIVE = "AccountNotActive"
#: Keys of the option ``organization``.
ORGANIZATION_KEYS = ("accounts", "profile", "assume_role_name", "playbook_role_name", "partition")
#: Variable of the group ``all``: what could not be read.
GAPS_VARIABLE = "flow_log_inventory_gaps"
_GAP_KEYS = ("account_id", "account", "region", "reading", "code", "message")
#: A dictionary of an inventory file. Its values are checked when they are read.
Entry = Mapping[str, Any]


class GapDict(TypedDict):
    """A gap as the inventory variable and the cache hold it; see :class:`Gap`."""

    account_id: str
    account: str
    region: str | None
    reading: str
    code: str
    message: str


@dataclass(frozen=True)
class Gap:
    """Something that could not be read.

    :param account_id: 12 digits, or ``""`` if it is not known.
    :param account: name, profile or id of the account, for messages.
    :param region: ``None`` if the whole account is missing.
    :param reading: the API call, such as ``DescribeVpcs``; ``""`` if there was none.
    :param code: AWS's error code, or one of this collection: ``RegionDisabled``, ``AccountNotActive``,
        ``WrongAccount``, ``NoConnection``.
    """

    account_id: str
    account: str
    region: str | None
    reading: str
    code: str
    message: str

    @property
    def sentence(self) -> str:
        """The gap as a sentence."""
        place = f"{self.account} in {self.region}" if self.region else self.account
        known = f" ({self.account_id})" if self.account_id and self.account_id != self.account else ""
        reading = f" {self.reading}:" if self.reading else ""
        return f"Not read: {place}{known}.{reading} {self.code}: {self.message}"

    def to_dict(self) -> GapDict:
        """Return the gap as the inventory variable and the cache hold it."""
        return {
            "account_id": self.account_id,
            "account": self.account,
            "region": self.region,
            "reading": self.reading,
            "code": self.code,
            "message": self.message,
        }


@dataclass(frozen=True)
class Account:
    """An account to read.

    :param account_id: ``""`` if it is not known before the first call.
    :param profile: profile of the AWS configuration. Playbooks get it as a connection option.
    :param assume_role_arn: role that the plugin assumes with its own credentials. It takes precedence over the profile.
    :param playbook_role_arn: role that playbooks get as a connection option. They never get the role of the plugin,
        which may only read.
    """

    account_id: str = ""
    name: str = ""
    profile: str = ""
    assume_role_arn: str = ""
    playbook_role_arn: str = ""

    @property
    def display_name(self) -> str:
        """Name, profile or id, for messages."""
        return self.name or self.profile or self.account_id or "the account of the credentials"

    @property
    def connection(self) -> dict[str, str]:
        """Connection options for playbooks: a profile and a role, never access keys."""
        options = {"profile": self.profile, "assume_role_arn": self.playbook_role_arn}
        return {name: value for name, value in options.items() if value}

    def gap(self, code: str, message: str, reading: str = "", region: str | None = None) -> Gap:
        """Return a gap of this account."""
        return Gap(self.account_id, self.display_name, region, reading, code, message)


@dataclass(frozen=True)
class Accounts:
    """The accounts to read, and gaps for accounts that cannot be read."""

    accounts: tuple[Account, ...]
    gaps: tuple[Gap, ...] = field(default=())


def _read_entry(entry: object, keys: Sequence[str], option: str) -> Entry:
    if not isinstance(entry, Mapping) or not set(entry) <= set(keys):
        # The error does not repeat the value, which may be a secret.
        shown = sorted(set(entry) - set(keys)) if isinstance(entry, Mapping) else f"({type(entry).__name__})"
        raise InputError(option, shown, f"a dictionary with some of {', '.join(keys)}")
    return entry


def _account_id(value: object, option: str) -> str:
    return "" if value is None or value == "" else parse_account_id(option, value)


def _account(value: object, option: str) -> Account:
    entry = _read_entry(value, ACCOUNT_KEYS, option)
    account_id = _account_id(entry.get("account_id"), f"{option}.account_id")
    role, account_id = _role(entry, "assume_role_arn", option, account_id)
    playbook_role, account_id = _role(entry, "playbook_role_arn", option, account_id)
    name, profile = str(entry.get("name") or ""), str(entry.get("profile") or "")
    return Account(account_id, name, profile, role, playbook_role)


def _role(entry: Entry, key: str, option: str, account_id: str) -> tuple[str, str]:
    """Return a role of an entry and its account. All roles of an entry must be in the account of the entry."""
    role = str(entry.get(key) or "")
    if not role:
        return "", account_id
    owner = account_of_role(role, f"{option}.{key}")
    if account_id and account_id != owner:
        raise InputError(f"{option}.{key}", role, f"a role of account {account_id}, which the entry names too")
    return role, owner


def _organization_account(item: object, options: Entry, option: str) -> tuple[Account, str]:
    """Return an account of the organization, and its status (Organizations API Account)."""
    entry: Entry = item if isinstance(item, Mapping) else {"Id": item}
    account_id = _account_id(entry.get("Id", entry.get("id")), option)
    if not account_id:
        raise InputError(option, None, "an account id of 12 digits, or a dictionary with Id")
    name = str(entry.get("Name", entry.get("name")) or "")
    profile = str(options.get("profile") or "").replace("{id}", account_id).replace("{name}", name)
    roles = (_role_arn(options, key, account_id) for key in ("assume_role_name", "playbook_role_name"))
    account = Account(account_id, name, profile, *roles)
    # AWS replaces Status by State (Organizations API Account). Older and newer data may have either.
    status = entry.get("State", entry.get("state")) or entry.get("Status", entry.get("status")) or "ACTIVE"
    return account, str(status)


def _role_arn(options: Entry, key: str, account_id: str) -> str:
    if not options.get(key):
        return ""
    arn = f"arn:{options.get('partition') or 'aws'}:iam::{account_id}:role/{options[key]}"
    account_of_role(arn, f"organization.{key}")
    return arn


def _organization_accounts(value: object) -> Iterable[tuple[Account, str]]:
    if not value:
        return []
    options = _read_entry(value, ORGANIZATION_KEYS, "organization")
    if not options.get("profile") and not options.get("assume_role_name"):
        raise InputError("organization", sorted(options), "a dictionary with profile or assume_role_name, to enter")
    return [
        _organization_account(item, options, f"organization.accounts[{number}]")
        for number, item in enumerate(options.get("accounts") or ())
    ]


def accounts_from_options(accounts: Sequence[object] | None, organization: object, own_profile: str = "") -> Accounts:
    """Return the accounts that the options name, without duplicates. By default it is the account of the credentials.

    :param accounts: the option ``accounts``.
    :param organization: the option ``organization``, with accounts as ListAccounts of AWS Organizations returns them.
    :param own_profile: profile of the plugin, which playbooks must use, too.
    :raises InputError: for an entry that is not allowed.
    """
    found: list[Account] = [_account(entry, f"accounts[{number}]") for number, entry in enumerate(accounts or ())]
    gaps: list[Gap] = []
    named = {account.account_id for account in found if account.account_id}
    for account, status in _organization_accounts(organization):
        if account.account_id in named:
            continue
        if status == "ACTIVE":
            found.append(account)
        else:
            gaps.append(account.gap(NOT_ACTIVE, f"The status of the account in the organization is {status}."))
    if not found and not gaps and not organization:
        found.append(Account(profile=own_profile))
    return Accounts(tuple(dict.fromkeys(found)), tuple(gaps))


def read_gaps(value: object) -> tuple[Gap, ...]:
    """Return the gaps in the variable, without duplicates.

    :param value: list of dictionaries as :meth:`Gap.to_dict` returns them; ``None``: no gaps.
    :raises InputError: for anything else, so that no gap gets lost.
    """
    if value is None:
        return ()
    if not isinstance(value, (list, tuple)) or not all(map(_is_gap, value)):
        raise InputError(
            GAPS_VARIABLE, value, f"a list of dictionaries with {', '.join(_GAP_KEYS)}, as the inventory made it"
        )
    return tuple(dict.fromkeys(Gap(**{name: item[name] for name in _GAP_KEYS}) for item in value))


def _is_gap(item: object) -> bool:
    return (
        isinstance(item, Mapping)
        and set(_GAP_KEYS) <= set(item)
        and all(isinstance(item[name], str) or (name == "region" and item[name] is None) for name in _GAP_KEYS)
    )
