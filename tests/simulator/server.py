# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The server: call log, then faults, then the control endpoint or moto."""

from __future__ import annotations

import os
import socket
import struct
import sys
import threading
import traceback
from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import datetime
from typing import Any

# Read when the first EC2 backend is created; no test needs its 700 machine images.
os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")

from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data
from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from moto.moto_server.werkzeug_app import MotoRequestHandler
from moto.moto_server.werkzeug_app import create_backend_app
from moto.s3.models import s3_backends
from werkzeug.serving import make_server

from . import authorization
from . import bucket_policies
from . import bucket_settings
from . import buckets
from . import deliveries
from . import delivery
from . import fleet
from . import flow_logs
from . import planting
from . import simulate_principal
from . import principals
from . import key_policies
from . import keys
from . import moto_speed
from .answers import Answer
from .answers import error_code
from .answers import failure
from .answers import refusal
from .call_log import CallLog
from .control import PREFIX
from .control import Control
from .faults import Rule
from .faults import faults
from .history import FlowLogTags
from .history import History
from .requests import Call
from .requests import buffer_body
from .requests import read_call
from .switches import switches

_PARTS = (flow_logs, bucket_policies, key_policies)
"""The modules that replace parts of moto; README.md lists their functions."""

Headers = list[tuple[str, str]]
StartResponse = Callable[[str, Headers], Any]


class ConnectionCut(ConnectionResetError):
    """Raised through the server to close the connection without an answer."""


class Handler(MotoRequestHandler):
    """moto's handler without log output and delays between small packets, which can cut a connection."""

    disable_nagle_algorithm = True

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        """Write nothing; the call log has more details."""

    def connection_dropped(self, error: BaseException, environ: Any = None) -> None:
        """Reset the connection instead of closing it, so that the client cannot read it as a response."""
        self.close_connection = True
        if isinstance(error, ConnectionCut):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(self.connection.detach())


class Application:
    """The WSGI application. ``lock`` is held around every request to AWS, so effects have one order."""

    def __init__(self, control: Control, log: CallLog, history: History, lock: threading.RLock) -> None:
        self._control = control
        self._log = log
        self._history = history
        self._lock = lock
        self._moto = DomainDispatcherApplication(create_backend_app)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        body = buffer_body(environ)
        if environ["PATH_INFO"].startswith(PREFIX):
            status, headers, answer = self._control.handle(environ, body)
        else:
            status, headers, answer = self._aws(environ)
        start_response(status, headers)
        return [answer]

    def _aws(self, environ: dict[str, Any]) -> tuple[str, Headers, bytes]:
        with self._lock:
            call = read_call(environ)
            if call is None:
                return self._moto_answer(environ, "s3")
            rule = faults.take(call)
            if rule is None or rule.action != "meet":
                return self._answer(environ, call, rule)
        # The other parties need the lock.
        met = faults.meet(rule)
        with self._lock:
            return self._answer(environ, call, rule if met else None)

    def _answer(self, environ: dict[str, Any], call: Call, rule: Rule | None) -> tuple[str, Headers, bytes]:
        action = rule.action if rule else None
        if action == "cut_before":
            self._log.append(call, None, None, action)
            raise ConnectionCut
        refused = (refusal(rule, call) if rule else None) or authorization.refusal(call)
        status, headers, body = _http(refused, environ) if refused else self._effect(environ, call, rule)
        code = int(status.split()[0])
        self._log.append(call, code, error_code(code, refused.body if refused else body), action)
        if action == "cut_after":
            raise ConnectionCut
        return status, headers, body

    def _effect(self, environ: dict[str, Any], call: Call, rule: Rule | None) -> tuple[str, Headers, bytes]:
        """Run the call with the effect of the rule."""
        if call.write and faults.memory_of_writes():
            self._history.remember()
        change = rule if rule is not None and rule.action == "change_policy" else None
        stale = rule is not None and rule.action == "stale"
        if change and change.when == "before":
            _change_policy(change, call)
        faults.begin(rule)
        with self._history.as_before(rule.writes) if stale else nullcontext():
            answer = self._moto_answer(environ, call.service)
        faults.begin(None)
        if change and change.when == "after":
            _change_policy(change, call)
        return answer

    def _moto_answer(self, environ: dict[str, Any], service: str) -> tuple[str, Headers, bytes]:
        seen: list[Any] = []

        def start_response(status: str, headers: Headers, _exc: Any = None) -> Callable[[bytes], None]:
            seen[:] = [status, headers]
            return lambda _data: None

        try:
            body = b"".join(self._moto(environ, start_response))
        except Exception as error:  # moto raises NotImplementedError through the server
            traceback.print_exc(file=sys.stderr)
            return _http(failure(service, error), environ)
        return seen[0], seen[1], body


class Simulator:
    """A simulator inside this process; ``host`` and ``port`` as for a socket, 0 takes a free port.

    moto keeps its state per process, so use one at a time.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        seed: Mapping[str, Any] | None = None,
        switched: Mapping[str, str] | None = None,
        enforce: bool = False,
    ) -> None:
        self._enforce = enforce
        self.log = CallLog()
        self.lock = threading.RLock()
        self._seed = seed
        self._switched = dict(switched or {})
        _install()
        self.history = History([FlowLogTags(), *_PARTS])
        application = Application(Control(self), self.log, self.history, self.lock)
        self._server = make_server(host, port, application, threaded=True, request_handler=Handler)
        self._thread: threading.Thread | None = None
        self.reset()

    @property
    def port(self) -> int:
        """The port in use."""
        return self._server.server_port

    @property
    def url(self) -> str:
        """The address for AWS clients and the control client."""
        return f"http://{self._server.host}:{self.port}"

    def serve_forever(self) -> None:
        """Serve in this thread until interrupted."""
        self._server.serve_forever()

    def start(self) -> None:
        """Serve in a separate thread."""
        self._thread = threading.Thread(target=self.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and free the port."""
        self._server.shutdown()
        self._server.server_close()
        if self._thread:
            self._thread.join()

    def reset(self) -> None:
        """Return to the state at the start: seed, switches, no faults, an empty log."""
        with self.lock:
            _reset_moto()
            for part in _PARTS:
                part.reset()
            delivery.reset()
            principals.reset()
            deliveries.reset()
            authorization.reset(self._enforce)
            faults.clear()
            self.history.forget()
            self.log.clear()
            switches.reset()
            switches.update(self._switched)
            if self._seed is not None:
                self.seed(self._seed)

    def seed(self, document: Mapping[str, Any]) -> fleet.Fleet:
        """Add a fleet.

        :raises fleet.FleetError: the document is invalid; nothing is added.
        """
        with self.lock:
            planned = fleet.parse(document)
            planting.plant(planned)
            return planned

    def deliver(self, at: datetime, quiet: Collection[str]) -> deliveries.Outcome:
        """Try one delivery of every flow log; see :func:`deliveries.deliver`."""
        with self.lock:
            return deliveries.deliver(at, quiet)


def _install() -> None:
    moto_speed.install()
    buckets.install()
    principals.install()
    authorization.install()
    simulate_principal.install()
    for part in _PARTS:
        part.install()
    bucket_settings.install()


def _reset_moto() -> None:
    BackendDict.reset()
    s3_backends.bucket_accounts.clear()
    reset_model_data()


def _change_policy(rule: Rule, call: Call) -> None:
    if rule.key or call.service == "kms":
        named = keys.full_name(rule.key or call.parameters["KeyId"], call.account, call.region)
        keys.set_policy(named, rule.policy)
    else:
        planting.put_policy(rule.bucket or call.parameters["Bucket"], rule.policy)


def _http(answer: Answer, environ: Mapping[str, Any]) -> tuple[str, Headers, bytes]:
    body = b"" if environ["REQUEST_METHOD"] == "HEAD" else answer.body
    headers = [("Content-Type", answer.content_type), ("Content-Length", str(len(body)))]
    return f"{answer.status} Simulated", headers, body
