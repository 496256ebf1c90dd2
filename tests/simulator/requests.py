# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parses a raw AWS request into a :class:`Call`: caller, account, Region, operation, parameters.

Operations and parameters carry the names of the botocore service models, whatever the protocol on the wire.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.core.model import ServiceModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request
from moto.core.request import determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from moto.iam.models import get_account_id_from

_CREDENTIAL = re.compile(
    r"(?:Credential=|X-Amz-Credential=)([^/,&\s]+)(?:/|%2F)\d{8}(?:/|%2F)([^/%]+)(?:/|%2F)([^/%]+)"
)
_READ_PREFIXES = ("Describe", "Get", "List", "Head", "Simulate")
_READ_OPERATIONS = frozenset({"AssumeRole"})
# Service models are named after the endpoint; requests are signed with the signing name.
_MODEL_NAMES = {"tagging": "resourcegroupstaggingapi", "monitoring": "cloudwatch"}


@dataclass(frozen=True)
class Call:
    """One AWS request.

    ``account`` is the caller's account id; ``parameters`` uses the member names of the operation's input shape,
    nested, with lists as lists; ``write`` is false for operations that cannot change anything and for dry runs.
    """

    account: str
    region: str
    service: str
    operation: str
    parameters: Mapping[str, Any]
    write: bool
    access_key: str = ""


def is_write(operation: str, parameters: Mapping[str, Any]) -> bool:
    """Return whether this operation can change something."""
    if parameters.get("DryRun") is True:
        return False
    return not operation.startswith(_READ_PREFIXES) and operation not in _READ_OPERATIONS


def buffer_body(environ: dict[str, Any]) -> bytes:
    """Buffer the request's body, so that it can be read again."""
    stream = environ["wsgi.input"]
    length = environ.get("CONTENT_LENGTH")
    if length:
        body = stream.read(int(length))
    else:
        body = stream.read() if environ.get("wsgi.input_terminated") else b""
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    return body


def read_call(environ: dict[str, Any]) -> Call | None:
    """Return the call in a WSGI environ, or None if it is not signed. The body must be buffered, and is rewound."""
    scope = _credential_scope(environ)
    if scope is None:
        return None
    access_key, region, service = scope
    operation, parameters = _operation(dict(environ), service)
    rewind(environ)
    return Call(
        account=_account(environ, access_key),
        region=region,
        service=service,
        operation=operation,
        parameters=parameters,
        write=is_write(operation, parameters),
        access_key=access_key,
    )


def rewind(environ: Mapping[str, Any]) -> None:
    """Go back to the start of a buffered body."""
    environ["wsgi.input"].seek(0)


def service_model(service: str) -> ServiceModel | None:
    """The botocore model of a service by its signing name, or None."""
    try:
        return get_service_model(_MODEL_NAMES.get(service, service))
    except Exception:  # botocore raises UnknownServiceError, moto various others; an unknown service is no error here
        return None


def _credential_scope(environ: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """Access key, region and service, from the Authorization header or from a presigned address."""
    signed = f"{environ.get('HTTP_AUTHORIZATION', '')} {environ.get('QUERY_STRING', '')}"
    match = _CREDENTIAL.search(signed)
    if match is None:
        return None
    return match.group(1), match.group(2), match.group(3).lower()


def _account(environ: Mapping[str, Any], access_key: str) -> str:
    # The same order as moto's BaseResponse.get_current_account.
    return environ.get("HTTP_X_MOTO_ACCOUNT_ID") or get_account_id_from(access_key)


def _operation(environ: dict[str, Any], service: str) -> tuple[str, dict[str, Any]]:
    request = Request(environ)
    model = service_model(service)
    unknown = f"{request.method} {request.path}"
    if model is None:
        return unknown, {}
    try:
        operation, in_path = get_service_router(str(model.service_name)).match(request)
        return operation.name, _plain(_parse(model, operation, request, in_path))
    except Exception:  # moto answers requests that cannot be parsed; the call log has them too
        return request.values.get("Action", unknown), {}


def _parse(model: ServiceModel, operation: Any, request: Request, in_path: Mapping[str, Any]) -> dict[str, Any]:
    parser = PROTOCOL_PARSERS[determine_request_protocol(model, request.content_type)](operation)
    return parser.parse(
        {
            "method": request.method,
            "values": request.values,
            "headers": request.headers,
            "body": request.data,
            "url_path": request.path,
            "url_params": in_path,
        }
    )


def _plain(value: Any) -> Any:
    """Return the value as JSON types: bytes as their length, times as text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (bytes, bytearray)):
        return f"<{len(value)} bytes>"
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return str(value)
