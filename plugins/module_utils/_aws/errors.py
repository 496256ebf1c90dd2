# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors of AWS calls, based on amazon.aws's error handler. PRIVATE to this collection."""

from __future__ import annotations

from typing import Any, Callable, TypeVar

from ansible_collections.amazon.aws.plugins.module_utils.errors import AWSErrorHandler
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError

Call = TypeVar("Call", bound=Callable[..., Any])


class FlowLogsAWSError(AnsibleAWSError):
    """A failed AWS call of this collection; ``exception`` is botocore's error."""


class FlowLogsErrorHandler(AWSErrorHandler):
    """Turns botocore's errors into :class:`FlowLogsAWSError` with a description of the call."""

    _CUSTOM_EXCEPTION = FlowLogsAWSError

    @classmethod
    def common_error_handler(cls, description: str) -> Callable[[Call], Call]:
        """Return amazon.aws's decorator with types.

        :param description: what the call does; may contain parameters of the call in braces.
        """
        decorator: Callable[[Call], Call] = super().common_error_handler(description)
        return decorator


def error_code_and_message(error: AnsibleAWSError) -> tuple[str, str]:
    """Return AWS's error code and message, or the class and text of a connection error.

    :param error: with or without a botocore error inside.
    """
    cause = error.exception
    response = getattr(cause, "response", None)
    if response:
        answer = response.get("Error", {})
        return str(answer.get("Code", "Unknown")), str(answer.get("Message", ""))
    return type(cause or error).__name__, str(cause or error)


def may_have_worked(error: AnsibleAWSError) -> bool:
    """Whether a failed call may have worked.

    It may if there was no answer, if the answer was a server error, and if botocore made the call more than once, because
    then the answer to an earlier attempt was lost.
    """
    response = getattr(error.exception, "response", None)
    if not response:
        return True
    metadata = response.get("ResponseMetadata", {})
    return bool(metadata.get("RetryAttempts")) or metadata.get("HTTPStatusCode", 0) >= 500
