# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which accounts the inventory plugin looks into, and with whose credentials. PRIVATE to this collection."""

from __future__ import annotations

import re
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from typing import Dict
from typing import Iterable
from typing import List
from typing import Mapping
from typing import Optional
from typing import Sequence
from typing import Tuple

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError

#: Members of an entry of the option ``accounts``.
ACCOUNT_KEYS = ("account_id", "name", "profile", "assume_role_arn")
#: Members of the option ``organization``.
ORGANIZATION_KEYS = ("accounts", "profile", "assume_role_name", "partition")

_ACCOUNT = re.compile(r"^\d{12}$")
_ROLE = re.compile(r"^arn:aws[a-z-]*:iam::(?P<account>\d{12}):role/.+$")


@dataclass(frozen=True)
class Gap:
    """Something that was asked for and could not be read.

    :param account_id: 12 digits, or ``""`` where it is not known.
    :param account: how people call the account: its name, profile, or id.
    :param region: ``None`` where the whole account is missing.
    :param reading: the API call, such as ``DescribeVpcs``; ``""`` where none was made.
    :param code: AWS's error code, or one of this collection: ``RegionDisabled``, ``AccountNotActive``,
        ``WrongAccount``, ``NoConnection``.
    """

    account_id: str
    account: str
    region: Optional[str]
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

    def to_dict(self) -> Dict[str, Any]:
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
    """

    account_id: str = ""
    name: str = ""
    profile: str = ""
    assume_role_arn: str = ""

    @property
    def called(self) -> str:
        """How people call it."""
        return self.name or self.profile or self.account_id or "the account of the credentials"

    @property
    def connection(self) -> Dict[str, str]:
        """Connection options for playbooks: a profile by name, and never a key."""
        return {"profile": self.profile} if self.profile else {}

    def gap(self, code: str, message: str, reading: str = "", region: Optional[str] = None) -> Gap:
        """Return a gap of this account."""
        return Gap(self.account_id, self.called, region, reading, code, message)


@dataclass(frozen=True)
class Accounts:
    """What the options ask for: accounts to look into, and accounts that cannot be looked into."""

    accounts: Tuple[Account, ...]
    gaps: Tuple[Gap, ...] = field(default=())


def _known(entry: Any, keys: Sequence[str], option: str) -> Mapping[str, Any]:
    if not isinstance(entry, Mapping) or not set(entry) <= set(keys):
        # The value is not repeated: it may hold a secret.
        shown = sorted(set(entry) - set(keys)) if isinstance(entry, Mapping) else f"({type(entry).__name__})"
        raise InputError(option, shown, f"a dictionary with some of {', '.join(keys)}")
    return entry


def _account_id(value: Any, option: str) -> str:
    text = "" if value is None else str(value)
    if text and not _ACCOUNT.match(text):
        raise InputError(option, value, "an account id of 12 digits, in quotes")
    return text


def _account(entry: Any, option: str) -> Account:
    known = _known(entry, ACCOUNT_KEYS, option)
    role = str(known.get("assume_role_arn") or "")
    found = _ROLE.match(role)
    if role and not found:
        raise InputError(f"{option}.assume_role_arn", role, "the ARN of an IAM role")
    account_id = _account_id(known.get("account_id"), f"{option}.account_id")
    in_role = found.group("account") if found else ""
    if account_id and in_role and account_id != in_role:
        raise InputError(f"{option}.assume_role_arn", role, f"a role of account {account_id}, which account_id names")
    return Account(account_id or in_role, str(known.get("name") or ""), str(known.get("profile") or ""), role)


def _filled(pattern: Any, account_id: str, name: str) -> str:
    return str(pattern or "").replace("{id}", account_id).replace("{name}", name)


def _member(item: Any, options: Mapping[str, Any], option: str) -> Tuple[Account, str]:
    """Return an account of the organisation, and its status (Organizations API Account)."""
    entry = item if isinstance(item, Mapping) else {"Id": item}
    account_id = _account_id(entry.get("Id", entry.get("id")), option)
    if not account_id:
        raise InputError(option, None, "an account id of 12 digits, or a dictionary with Id")
    name = str(entry.get("Name", entry.get("name")) or "")
    role_name = str(options.get("assume_role_name") or "")
    role = f"arn:{options.get('partition') or 'aws'}:iam::{account_id}:role/{role_name}" if role_name else ""
    account = Account(account_id, name, _filled(options.get("profile"), account_id, name), role)
    # AWS replaces Status by State (Organizations API Account); either may be in older or newer data.
    status = entry.get("State", entry.get("state")) or entry.get("Status", entry.get("status")) or "ACTIVE"
    return account, str(status)


def _members(options: Any) -> Iterable[Tuple[Account, str]]:
    if not options:
        return []
    known = _known(options, ORGANIZATION_KEYS, "organization")
    if not known.get("profile") and not known.get("assume_role_name"):
        raise InputError("organization", sorted(known), "a dictionary with profile or assume_role_name, to enter")
    return [
        _member(item, known, f"organization.accounts[{number}]")
        for number, item in enumerate(known.get("accounts") or ())
    ]


def accounts_from_options(accounts: Optional[Sequence[Any]], organization: Any, own_profile: str = "") -> Accounts:
    """Return the accounts that the options name, each once; those of the surroundings if they name none.

    :param accounts: the option ``accounts``.
    :param organization: the option ``organization``; its accounts are as ListAccounts of AWS Organizations gives them.
    :param own_profile: profile of the surroundings; playbooks have to use it too.
    :raises InputError: for an entry that can never work.
    """
    found: List[Account] = [_account(entry, f"accounts[{number}]") for number, entry in enumerate(accounts or ())]
    gaps: List[Gap] = []
    named = {account.account_id for account in found if account.account_id}
    for account, status in _members(organization):
        if account.account_id in named:
            continue
        if status == "ACTIVE":
            found.append(account)
        else:
            gaps.append(account.gap("AccountNotActive", f"The organisation says that the account is {status}."))
    if not found and not gaps and not organization:
        found.append(Account(profile=own_profile))
    return Accounts(tuple(dict.fromkeys(found)), tuple(gaps))
