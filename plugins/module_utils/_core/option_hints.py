# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hints that name options. PRIVATE to this collection.

Modules show the names of their options. In the summary and in reports, playbooks show the variables of the inventory.
"""

from __future__ import annotations

from typing import Callable

from .errors import name_options

# Options are written O(name).
ADOPT_ONE = "Give this name, use another destination, or set O(adopt_named) to true to take the flow log over."
ADOPT_SEVERAL = "Give the name, or set O(adopt_named) to true to take them over."
REPLACE = "Set O(replace) to create_first to replace it."
KEEP_ONE = "Give each flow log a name, delete those that are not wanted, or set O(purge) to s3 to keep only one."
ALLOW_GAP = (
    "AWS counts another flow log of this resource as equal; set O(allow_gap) to true to delete it before its "
    "replacement is created."
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
    """Return a message of a module with other names for the options in its hints.

    Only hints of this collection are changed, never texts of AWS or of a user.

    :param name_of: returns the new name for the name of a module option.
    """
    for advice in _ADVICE:
        message = message.replace(name_options(advice), name_options(advice, name_of))
    return message
