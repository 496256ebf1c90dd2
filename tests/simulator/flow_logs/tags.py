# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks of CreateTags, DeleteTags and the tags of CreateFlowLogs that moto does not make.

moto stores the tags.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.exceptions import TagLimitExceeded
from moto.ec2.responses.tags import TagResponse

from ..switches import switches
from .rules import MAX_TAGGED_RESOURCES
from .rules import MAX_TAGS
from .rules import invalid
from .store import Store
from .store import store_of

Action = Callable[[Any], ActionResult]


def install() -> None:
    """Install the checks before moto's CreateTags and DeleteTags. May be called again."""
    TagResponse.create_tags = _checked(TagResponse.create_tags)
    TagResponse.delete_tags = _checked(TagResponse.delete_tags)


def tags_of_new_flow_logs(specifications: list[dict[str, Any]] | None) -> dict[str, str]:
    """Return the tags of TagSpecifications, by key.

    :raises EC2ClientError: for other resource types, reserved or repeated keys, or too many tags.
    """
    given: list[dict[str, Any]] = []
    for specification in specifications or []:
        _check_taggable(specification.get("ResourceType"))
        given += specification.get("Tags") or []
    keys = [tag["Key"] for tag in given]
    for key in keys:
        if keys.count(key) > 1:
            raise invalid(f"Duplicate tag key '{key}' specified.", "InvalidParameterValue")
    _check_keys(keys)
    if len(keys) > MAX_TAGS:
        raise TagLimitExceeded
    return {tag["Key"]: tag.get("Value") or "" for tag in given}


def _check_taggable(resource_type: str | None) -> None:
    """EC2 API CreateFlowLogs, TagSpecifications: the resource type is vpc-flow-log."""
    if resource_type != "vpc-flow-log":
        raise invalid(
            f"'{resource_type}' is not a valid taggable resource type for this operation.", "InvalidParameterValue"
        )


def _check_keys(keys: list[str]) -> None:
    """EC2 User Guide, "Tag restrictions": ``aws:`` is reserved; the text as many users report it."""
    for key in keys:
        if key.lower().startswith("aws:"):
            raise invalid(
                f"Value ( {key} ) for parameter key is invalid. "
                "Tag keys starting with 'aws:' are reserved for internal use",
                "InvalidParameterValue",
            )


def _checked(original: Action) -> Action:
    if hasattr(original, "__wrapped__"):
        return original

    @wraps(original)
    def action(self: Any) -> ActionResult:
        ids = self._get_param("Resources") or []
        if len(ids) > MAX_TAGGED_RESOURCES:
            raise invalid(f"More than {MAX_TAGGED_RESOURCES} resources", "InvalidParameterValue")
        _check_keys([tag["Key"] for tag in self._get_param("Tags") or []])
        _check_flow_logs(store_of(self.current_account, self.region), ids)
        return original(self)

    return action


def _check_flow_logs(store: Store, ids: list[str]) -> None:
    """Refuse to tag a flow log that does not exist; the error code is not established: switch ``tag_unknown``."""
    for key in ids:
        if key.startswith("fl-") and key not in store.by_id:
            raise EC2ClientError(switches.tag_unknown, f"The ID '{key}' is not valid")
