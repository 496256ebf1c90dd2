# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starts the simulator from the command line: ``python -m tests.simulator --port 0 --seed fleet.yml``."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from .fleet import FleetError
from .server import Simulator
from .switches import KNOWN
from .switches import UnknownSwitch


def parse_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Parse the command line; ``--help`` lists the switches with their questions."""
    listing = "\n".join(f"  {switch.name} = {' | '.join(switch.values)}\n      {switch.question}" for switch in KNOWN)
    parser = argparse.ArgumentParser(
        prog="python -m tests.simulator",
        description="A strict stand-in for the parts of AWS that flow logs to Amazon S3 touch.",
        epilog=f"switches (the first value is the default):\n{listing}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0, the default, takes a free one")
    parser.add_argument("--seed", type=Path, metavar="FILE", help="fleet to start with, in YAML")
    parser.add_argument("--switch", action="append", default=[], metavar="NAME=VALUE", help="answer an open question")
    parser.add_argument("--enforce", action="store_true", help="refuse calls that their callers may not make")
    parser.add_argument("--until-stdin-closes", action="store_true", help="also stop when standard input closes")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the address in one line, then serve until SIGTERM or SIGINT."""
    given = parse_arguments(arguments)
    try:
        seed, switched = _read_seed(given.seed), _read_switches(given.switch)
        simulator = Simulator(given.host, given.port, seed, switched, given.enforce)
    except (FleetError, UnknownSwitch, OSError) as error:
        print(f"simulator: {error}", file=sys.stderr)
        return 2
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    if given.until_stdin_closes:
        threading.Thread(target=_stop_at_end_of_input, daemon=True).start()
    print(f"simulator: {simulator.url}", flush=True)
    simulator.serve_forever()
    return 0


def _stop(_number: int, _frame: Any) -> None:
    # Exit at once: there is nothing to save, and unloading moto takes more than a second.
    os._exit(0)


def _stop_at_end_of_input() -> None:
    # If the parent process dies, the pipe closes, and the simulator ends with it.
    sys.stdin.buffer.read()
    os._exit(0)


def _read_seed(path: Path | None) -> dict[str, Any] | None:
    if path is None:
        return None
    try:
        document = yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise FleetError(f"{path} is no YAML: {error}") from error
    if not isinstance(document, dict):
        raise FleetError(f"{path} must hold a mapping with the key accounts")
    return document


def _read_switches(given: Sequence[str]) -> dict[str, str]:
    pairs = [item.partition("=") for item in given]
    return {name: value for name, _equals, value in pairs}


if __name__ == "__main__":
    sys.exit(main())
