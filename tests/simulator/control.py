# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control endpoint, with which a test reads and controls the simulator. JSON in, JSON out.

=========  =====================  ==================================================================
method     path under /_simulator  does
=========  =====================  ==================================================================
GET        /health                the process is up
GET        /calls                 the call log; ?operation=, account=, region=, service=, write=true
DELETE     /calls                 empty it
GET        /faults                the rules with their counters
POST       /faults                add one rule; its number
DELETE     /faults                remove all, or the one of ?id=
GET        /switches              every switch with its current value
PUT        /switches              change some
GET        /enforcement           whether permissions are enforced
PUT        /enforcement           switch enforcement on or off: {"enforce": true}
POST       /reset                 return to the state at the start
POST       /seed                  add a fleet, in YAML or JSON
POST       /deliver               try one delivery of each flow log; {"at": ISO time, "quiet": [resource ids]}
=========  =====================  ==================================================================
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from datetime import timezone
from typing import TYPE_CHECKING
from typing import Any
from urllib.parse import parse_qsl

import yaml

from .authorization import enforcement
from .faults import InvalidRule
from .faults import faults
from .faults import parse_rule
from .fleet import FleetError
from .switches import UnknownSwitch
from .switches import switches

if TYPE_CHECKING:
    from .server import Simulator

PREFIX = "/_simulator/"

_FILTERS = ("account", "region", "service", "operation", "fault", "error_code")


class BadRequest(ValueError):
    """The request cannot be understood. The message says why."""


Query = Mapping[str, str]


class Control:
    """Answers the requests under :data:`PREFIX`."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._routes: dict[tuple[str, str], Callable[[Query, bytes], Any]] = {
            ("GET", "health"): lambda _query, _body: {"status": "up"},
            ("GET", "calls"): self._calls,
            ("DELETE", "calls"): self._clear_calls,
            ("GET", "faults"): lambda _query, _body: {"faults": [asdict(rule) for rule in faults.list()]},
            ("POST", "faults"): self._add_fault,
            ("DELETE", "faults"): self._remove_faults,
            ("GET", "switches"): lambda _query, _body: switches.as_dict(),
            ("PUT", "switches"): self._set_switches,
            ("GET", "enforcement"): lambda _query, _body: {"enforce": enforcement.on},
            ("PUT", "enforcement"): self._set_enforcement,
            ("POST", "reset"): self._reset,
            ("POST", "seed"): self._seed,
            ("POST", "deliver"): self._deliver,
        }

    def handle(self, environ: Mapping[str, Any], body: bytes) -> tuple[str, list[tuple[str, str]], bytes]:
        """Return status line, headers and body: 404 for an unknown path, 400 for an invalid request."""
        route = self._routes.get((environ["REQUEST_METHOD"], environ["PATH_INFO"][len(PREFIX) :].strip("/")))
        if route is None:
            return _answer(
                "404 Not Found", {"error": f"there is no {environ['REQUEST_METHOD']} {environ['PATH_INFO']}"}
            )
        try:
            return _answer("200 OK", route(dict(parse_qsl(environ.get("QUERY_STRING", ""))), body))
        except (BadRequest, FleetError, InvalidRule, UnknownSwitch) as error:
            return _answer("400 Bad Request", {"error": str(error)})
        except Exception as error:  # An error of the simulator itself: show it to the test.
            traceback.print_exc(file=sys.stderr)
            return _answer("500 Internal Server Error", {"error": f"{type(error).__name__}: {error}"})

    def _calls(self, query: Query, _body: bytes) -> Any:
        unknown = sorted(set(query) - {*_FILTERS, "write"})
        if unknown:
            raise BadRequest(f"calls can be chosen by {', '.join(_FILTERS)} and write, not by {', '.join(unknown)}")
        where: dict[str, Any] = dict(query)
        if "write" in where:
            where["write"] = where["write"] == "true"
        return {"calls": self._simulator.log.list(where)}

    def _clear_calls(self, _query: Query, _body: bytes) -> Any:
        self._simulator.log.clear()
        return {}

    def _add_fault(self, _query: Query, body: bytes) -> Any:
        return {"id": faults.add(parse_rule(_mapping(body)))}

    def _remove_faults(self, query: Query, _body: bytes) -> Any:
        if "id" not in query:
            faults.clear()
            return {}
        if not query["id"].isdigit() or not faults.remove(int(query["id"])):
            raise BadRequest(f"there is no fault {query['id']}")
        return {}

    def _set_switches(self, _query: Query, body: bytes) -> Any:
        with self._simulator.lock:
            switches.update(_mapping(body))
        return switches.as_dict()

    def _set_enforcement(self, _query: Query, body: bytes) -> Any:
        given = _mapping(body)
        if set(given) != {"enforce"} or not isinstance(given["enforce"], bool):
            raise BadRequest("enforcement has enforce, which is true or false")
        with self._simulator.lock:
            enforcement.on = given["enforce"]
        return given

    def _reset(self, _query: Query, _body: bytes) -> Any:
        self._simulator.reset()
        return {}

    def _seed(self, _query: Query, body: bytes) -> Any:
        return self._simulator.seed(_mapping(body)).counts()

    def _deliver(self, _query: Query, body: bytes) -> Any:
        given = _mapping(body) if body else {}
        unknown = sorted(set(given) - {"at", "quiet"})
        if unknown:
            raise BadRequest(f"a delivery has at and quiet, not {', '.join(unknown)}")
        quiet = given.get("quiet") or []
        if not isinstance(quiet, list):
            raise BadRequest(f"quiet is a list of resource ids, not {quiet!r}")
        return asdict(self._simulator.deliver(_time(given.get("at")), quiet))


def _time(given: Any) -> datetime:
    """Return the given time, in UTC without a zone, or now. The YAML parser may have converted it already."""
    if given is None:
        return datetime.now(timezone.utc)
    try:
        at = given if isinstance(given, datetime) else datetime.fromisoformat(str(given))
    except ValueError as error:
        raise BadRequest(f"at is an ISO time such as 2026-01-31T12:00:00Z, not {given!r}") from error
    return at if at.tzinfo else at.replace(tzinfo=timezone.utc)


def _mapping(body: bytes) -> dict[str, Any]:
    """Return the document in a body. JSON is tried first, since it is much faster to parse than YAML."""
    try:
        document = json.loads(body)
    except ValueError:
        document = _yaml(body)
    if not isinstance(document, dict):
        raise BadRequest("the body must be a mapping, in YAML or JSON")
    return document


def _yaml(body: bytes) -> Any:
    try:
        return yaml.load(body, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise BadRequest(f"the body is neither JSON nor YAML: {error}") from error


def _answer(status: str, content: Any) -> tuple[str, list[tuple[str, str]], bytes]:
    body = json.dumps(content).encode()
    return status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))], body
