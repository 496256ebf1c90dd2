# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds how to fix denied calls from AWS's messages. PRIVATE to this collection."""

from __future__ import annotations

from dataclasses import replace
from typing import Callable

from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError

from .._core.error_hints.denials import (
    Denial,
    denial_from_decoded,
    denial_hint,
    encoded_part,
    is_blocked_as_public,
    is_denied,
    parse_denial,
)


class DenialReader:
    """Reads messages of denied calls, and decodes their encoded part if the caller may do so.

    :param decode: called with the encoded part of a message; returns STS's decoded message.
    """

    def __init__(self, decode: Callable[[str], str]) -> None:
        self._decode = decode
        self._decoded: dict[str, Denial | None] = {}

    def hint(self, code: str, message: str, otherwise: str, resource: str = "") -> str:
        """Return how to fix an error.

        :param code: AWS's error code.
        :param message: AWS's message.
        :param otherwise: hint for other errors, and if AWS does not name the missing permission.
        :param resource: ARN of the call's resource, in case AWS does not name it.
        """
        if not is_denied(code) or is_blocked_as_public(message):
            return otherwise
        denial = parse_denial("", message)
        if not denial.actions:
            denial = self._from_encoded(encoded_part(message)) or denial
        return denial_hint(replace(denial, resource=denial.resource or resource)) or otherwise

    def _from_encoded(self, encoded: str) -> Denial | None:
        if not encoded:
            return None
        if encoded not in self._decoded:
            # A caller who may not decode one message may not decode others.
            may_not_decode = None in self._decoded.values()
            self._decoded[encoded] = None if may_not_decode else self._read(encoded)
        return self._decoded[encoded]

    def _read(self, encoded: str) -> Denial | None:
        try:
            return denial_from_decoded(self._decode(encoded))
        except (AnsibleAWSError, ValueError):
            return None
