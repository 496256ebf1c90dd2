# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Formats remedies as tasks, commands and statements to paste. PRIVATE to this collection."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def module_call(module: str, options: Mapping[str, Any]) -> str:
    """Return a task in YAML without the options that are None or empty.

    :param module: full name, for example ``flowlogs.aws.flow_log_bucket_policy``.
    """
    lines = [f"- {module}:"]
    lines += [f"    {name}: {json.dumps(value)}" for name, value in options.items() if value not in (None, "", [])]
    return "\n".join(lines)


def cli(command: str, *words: str) -> str:
    """Return a command of the AWS CLI.

    :param command: service and operation, for example ``s3api put-bucket-request-payment``.
    :param words: its arguments; the function quotes those with spaces, quotes or braces.
    """
    quoted = [f"'{word}'" if any(character in word for character in ' "{}') else word for word in words]
    return " ".join([f"aws {command}", *quoted])


def permission_statement(action: str, resource: str) -> str:
    """Return a policy statement that allows an action, as JSON.

    :param resource: ARN; ``*`` if unknown.
    """
    return json.dumps({"Effect": "Allow", "Action": action, "Resource": resource})
