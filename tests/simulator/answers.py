# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Error responses in the format of each AWS protocol, for faults that refuse a call.

Codes and statuses: EC2 API "Error codes", S3 API "Error responses", "Common errors" of the query services; which of
them clients retry: botocore's ``_retry.json``.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from xml.sax.saxutils import escape

from .faults import Rule
from .requests import Call
from .requests import service_model

FAILURE = "SimulatorFailure"
REQUEST_ID = "00000000-0000-4000-8000-000000000000"

_XML = "text/xml;charset=UTF-8"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_CODE = re.compile(rb"<Code>([^<]*)</Code>")


@dataclass(frozen=True)
class Answer:
    """One HTTP response."""

    status: int
    body: bytes
    content_type: str = _XML


@dataclass(frozen=True)
class _Refusal:
    status: int
    code: str
    message: str


_THROTTLE = {
    "ec2": _Refusal(503, "RequestLimitExceeded", "Request limit exceeded."),
    "rest-xml": _Refusal(503, "SlowDown", "Please reduce your request rate."),
    "query": _Refusal(400, "Throttling", "Rate exceeded"),
    "json": _Refusal(400, "ThrottlingException", "Rate exceeded"),
}
_SERVER_ERROR = {
    "ec2": _Refusal(500, "InternalError", "An internal error has occurred"),
    "rest-xml": _Refusal(500, "InternalError", "We encountered an internal error. Please try again."),
    "query": _Refusal(500, "InternalFailure", "The request processing has failed because of an unknown error."),
    "json": _Refusal(500, "InternalServerError", "The request processing has failed because of an unknown error."),
}
_DENY = {
    "ec2": _Refusal(403, "UnauthorizedOperation", "You are not authorized to perform this operation."),
    "rest-xml": _Refusal(403, "AccessDenied", "Access Denied"),
    "query": _Refusal(403, "AccessDenied", "User is not authorized to perform: {service}:{operation}"),
    "json": _Refusal(400, "AccessDeniedException", "User is not authorized to perform: {service}:{operation}"),
}
_CONFLICT = _Refusal(
    409,
    "OperationAborted",
    "A conflicting conditional operation is currently in progress against this resource. Please try again.",
)
_REFUSALS = {
    "throttle": _THROTTLE,
    "server_error": _SERVER_ERROR,
    "deny": _DENY,
    "conflict": dict.fromkeys(_DENY, _CONFLICT),
}


def refusal(rule: Rule, call: Call) -> Answer | None:
    """Return the response of a rule that refuses the call, or None for other actions.

    The rule may override every part.
    """
    by_protocol = _REFUSALS.get(rule.action)
    if by_protocol is None:
        return None
    protocol = _protocol(call.service)
    usual = by_protocol[protocol]
    message = rule.message or usual.message.format(service=call.service, operation=call.operation)
    return _render(protocol, _Refusal(rule.status or usual.status, rule.code or usual.code, message))


def denial(service: str, message: str) -> Answer:
    """Return the response to a denied call, with the error code of the service's protocol."""
    protocol = _protocol(service)
    usual = _DENY[protocol]
    return _render(protocol, _Refusal(usual.status, usual.code, message))


def failure(service: str, error: Exception) -> Answer:
    """Return the response to an operation that moto cannot answer, with a code that no client retries."""
    return _render(_protocol(service), _Refusal(400, FAILURE, f"{type(error).__name__}: {error}"))


def error_code(status: int, body: bytes) -> str | None:
    """Return the error code in a response, or None without an error or a body (HEAD)."""
    if status < 400:
        return None
    match = _CODE.search(body)
    if match:
        return match.group(1).decode()
    return _json_error_code(body) or str(status)


def _json_error_code(body: bytes) -> str | None:
    try:
        answer = json.loads(body)
    except ValueError:
        return None
    return str(answer.get("__type", "")).rsplit("#", 1)[-1] or None if isinstance(answer, dict) else None


def _protocol(service: str) -> str:
    model = service_model(service)
    protocol = model.metadata.get("protocol", "json") if model is not None else "json"
    return protocol if protocol in _DENY else "json"


def _render(protocol: str, refusal: _Refusal) -> Answer:
    if protocol == "json":
        body = json.dumps({"__type": refusal.code, "message": refusal.message})
        return Answer(refusal.status, body.encode(), "application/x-amz-json-1.1")
    return Answer(refusal.status, _SHAPES[protocol](escape(refusal.code), escape(refusal.message)).encode())


def _ec2(code: str, message: str) -> str:
    error = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return f"{_HEAD}<Response><Errors>{error}</Errors><RequestID>{REQUEST_ID}</RequestID></Response>"


def _rest_xml(code: str, message: str) -> str:
    ids = f"<RequestId>{REQUEST_ID}</RequestId><HostId>{REQUEST_ID}</HostId>"
    return f"{_HEAD}<Error><Code>{code}</Code><Message>{message}</Message>{ids}</Error>"


def _query(code: str, message: str) -> str:
    error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    return f"<ErrorResponse>{error}<RequestId>{REQUEST_ID}</RequestId></ErrorResponse>"


_SHAPES = {"ec2": _ec2, "rest-xml": _rest_xml, "query": _query}
