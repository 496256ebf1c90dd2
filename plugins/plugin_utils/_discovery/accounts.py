# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which accounts the inventory plugin looks into, and with whose credentials. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict

from ansible_collections.flowlogs.aws.plugins.module_utils._core.assumed_role import account_of_role
from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.identifiers import parse_account_id

#: Members of an entry of the option ``accounts``.
ACCOUNT_KEYS = ("account_id", "name", "profile", "assume_role_arn", "playbook_role_arn")
#: Code of the gap for a member of the organization that is suspended or closed: nothing there can be logged.
NOT_ACTIVE = "AccountNotActive"
#: Members of the option ``organization``.
ORGANIZATION_KEYS = ("accounts", "profile", "assume_role_name", "playbook_role_name", "partition")
#: Variable of the group ``all``: what could not be read.
GAPS_VARIABLE = "flow_log_inventory_gaps"
_GAP_MEMBERS = ("account_id", "account", "region", "reading", "code", "message")


class GapData(TypedDict):
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

    :param account_id: 12 digits, or ``""`` where it is not known.
    :param account: how people call the account: its name, profile, or id.
    :param region: ``None`` where the whole account is missing.
    :param reading: the API call, such as ``DescribeVpcs``; ``""`` where none was made.
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
        """The gap in words."""
        place = f"{self.account} in {self.region}" if self.region else self.account
        known = f" ({self.account_id})" if self.account_id and self.account_id != self.account else ""
        reading = f" {self.reading}:" if self.reading else ""
        return f"Not read: {place}{known}.{reading} {self.code}: {self.message}"

    def to_dict(self) -> GapData:
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
    """An account to look into.

    :param account_id: as far as it is known before the first call, otherwise ``""``.
    :param profile: of the AWS configuration; also what playbooks get as connection options.
    :param assume_role_arn: role to enter with the plugin's own credentials; it goes before the profile.
    :param playbook_role_arn: role that playbooks get as a connection option. They never get that of the plugin, which may
        only read.
    """

    account_id: str = ""
    name: str = ""
    profile: str = ""
    assume_role_arn: str = ""
    playbook_role_arn: str = ""

    @property
    def called(self) -> str:
        """How people call it."""
        return self.name or self.profile or self.account_id or "the account of the credentials"

    @property
    def connection(self) -> dict[str, str]:
        """Connection options for playbooks: a profile and a role by name, and never a key."""
        options = {"profile": self.profile, "assume_role_arn": self.playbook_role_arn}
        return {name: value for name, value in options.items() if value}

    def gap(self, code: str, message: str, reading: str = "", region: str | None = None) -> Gap:
        """Return a gap of this account."""
        return Gap(self.account_id, self.called, region, reading, code, message)


@dataclass(frozen=True)
class Accounts:
    """What the options ask for: accounts to look into, and accounts that cannot be looked into."""

    accounts: tuple[Account, ...]
    gaps: tuple[Gap, ...] = field(default=())


def _known(entry: Any, keys: Sequence[str], option: str) -> Mapping[str, Any]:
    if not isinstance(entry, Mapping) or not set(entry) <= set(keys):
        # The value is not repeated: it may hold a secret.
        shown = sorted(set(entry) - set(keys)) if isinstance(entry, Mapping) else f"({type(entry).__name__})"
        raise InputError(option, shown, f"a dictionary with some of {', '.join(keys)}")
    return entry


def _account_id(value: Any, option: str) -> str:
    return "" if value is None or value == "" else parse_account_id(option, value)


def _account(entry: Any, option: str) -> Account:
    known = _known(entry, ACCOUNT_KEYS, option)
    account_id = _account_id(known.get("account_id"), f"{option}.account_id")
    role, account_id = _role(known, "assume_role_arn", option, account_id)
    playbook_role, account_id = _role(known, "playbook_role_arn", option, account_id)
    name, profile = str(known.get("name") or ""), str(known.get("profile") or "")
    return Account(account_id, name, profile, role, playbook_role)


def _role(known: Mapping[str, Any], member: str, option: str, account_id: str) -> tuple[str, str]:
    """Return a role of an entry and the account, which all that the entry names have to be in."""
    role = str(known.get(member) or "")
    if not role:
        return "", account_id
    owner = account_of_role(role, f"{option}.{member}")
    if account_id and account_id != owner:
        raise InputError(f"{option}.{member}", role, f"a role of account {account_id}, which the entry names too")
    return role, owner


def _filled(pattern: Any, account_id: str, name: str) -> str:
    return str(pattern or "").replace("{id}", account_id).replace("{name}", name)


def _member(item: Any, options: Mapping[str, Any], option: str) -> tuple[Account, str]:
    """Return an account of the organization, and its status (Organizations API Account)."""
    entry = item if isinstance(item, Mapping) else {"Id": item}
    account_id = _account_id(entry.get("Id", entry.get("id")), option)
    if not account_id:
        raise InputError(option, None, "an account id of 12 digits, or a dictionary with Id")
    name = str(entry.get("Name", entry.get("name")) or "")
    roles = (_role_arn(options, member, account_id) for member in ("assume_role_name", "playbook_role_name"))
    account = Account(account_id, name, _filled(options.get("profile"), account_id, name), *roles)
    # AWS replaces Status by State (Organizations API Account); either may be in older or newer data.
    status = entry.get("State", entry.get("state")) or entry.get("Status", entry.get("status")) or "ACTIVE"
    return account, str(status)


def _role_arn(options: Mapping[str, Any], member: str, account_id: str) -> str:
    if not options.get(member):
        return ""
    arn = f"arn:{options.get('partition') or 'aws'}:iam::{account_id}:role/{options[member]}"
    account_of_role(arn, f"organization.{member}")
    return arn


def _members(options: Any) -> Iterable[tuple[Account, str]]:
    if not options:
        return []
    known = _known(options, ORGANIZATION_KEYS, "organization")
    if not known.get("profile") and not known.get("assume_role_name"):
        raise InputError("organization", sorted(known), "a dictionary with profile or assume_role_name, to enter")
    return [
        _member(item, known, f"organization.accounts[{number}]")
        for number, item in enumerate(known.get("accounts") or ())
    ]


def accounts_from_options(accounts: Sequence[Any] | None, organization: Any, own_profile: str = "") -> Accounts:
    """Return the accounts that the options name, each once; those of the surroundings if they name none.

    :param accounts: the option ``accounts``.
    :param organization: the option ``organization``; its accounts are as ListAccounts of AWS Organizations gives them.
    :param own_profile: profile of the surroundings; playbooks have to use it too.
    :raises InputError: for an entry that can never work.
    """
    found: list[Account] = [_account(entry, f"accounts[{number}]") for number, entry in enumerate(accounts or ())]
    gaps: list[Gap] = []
    named = {account.account_id for account in found if account.account_id}
    for account, status in _members(organization):
        if account.account_id in named:
            continue
        if status == "ACTIVE":
            found.append(account)
        else:
            gaps.append(account.gap(NOT_ACTIVE, f"The organization says that the account is {status}."))
    if not found and not gaps and not organization:
        found.append(Account(profile=own_profile))
    return Accounts(tuple(dict.fromkeys(found)), tuple(gaps))


def read_gaps(value: Any) -> tuple[Gap, ...]:
    """Return the gaps that the variable holds, each once.

    :param value: list of dictionaries as :meth:`Gap.to_dict` gives them; ``None``: none.
    :raises InputError: for anything else, as a gap must not get lost.
    """
    if value is not None and not (isinstance(value, (list, tuple)) and all(_is_gap(item) for item in value)):
        raise InputError(
            GAPS_VARIABLE, value, f"a list of dictionaries with {', '.join(_GAP_MEMBERS)}, as the inventory made it"
        )
    return tuple(dict.fromkeys(Gap(**{name: item[name] for name in _GAP_MEMBERS}) for item in value or ()))


def _is_gap(item: Any) -> bool:
    return (
        isinstance(item, Mapping)
        and set(_GAP_MEMBERS) <= set(item)
        and all(isinstance(item[name], str) or (name == "region" and item[name] is None) for name in _GAP_MEMBERS)
    )
