# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Advice that names options, in the words of who reads it. PRIVATE to this collection.

Modules name their own options. Playbooks name the variables of the inventory in the summary and in reports.
"""

from __future__ import annotations

from typing import Callable

from .errors import name_options

# Options are written O(name).
ADOPT_ONE = "Give this name, use another destination, or set O(adopt_named) to true to take the flow log over."
ADOPT_SEVERAL = "Give the name, or set O(adopt_named) to true to take them over."
REPLACE = "Set O(replace) to create_first to have it replaced."
KEEP_ONE = "Give each flow log a name, delete those that are not wanted, or set O(purge) to s3 to keep one only."
ALLOW_GAP = (
    "AWS holds another flow log of this resource for the same; set O(allow_gap) to true to have it deleted before its "
    "replacement is made."
)
CORRECT_DESTINATION = "Create the bucket, or correct O(destination)."
WRONG_OWNER = "Correct O(destination) or O(expected_bucket_owner). Deliver nothing to a bucket of an unknown owner."
UNKNOWN_OWNER = "Give O(expected_bucket_owner), or run this with credentials of the account that owns the bucket."
WITH_TAG_FIELDS = "with O(tag_field_specifications) also"
WITH_ECS_FIELDS = "with ecs-* fields in O(log_format) also"
_ADVICE = (
    *(ADOPT_ONE, ADOPT_SEVERAL, REPLACE, KEEP_ONE, ALLOW_GAP, CORRECT_DESTINATION, WRONG_OWNER, UNKNOWN_OWNER),
    *(WITH_TAG_FIELDS, WITH_ECS_FIELDS),
)


def rename_options(message: str, name_of: Callable[[str], str]) -> str:
    """Return a message of a module with the options in its advice under other names.

    Only this collection's own advice is changed, never what AWS or a user wrote.

    :param name_of: returns the name for the name of an option.
    """
    for advice in _ADVICE:
        message = message.replace(name_options(advice), name_options(advice, name_of))
    return message
