# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Simulates AWS for an inventory, so that its playbooks can be tried without an AWS account.

``make sandbox INVENTORY=PATH``, or ``python -m demo.sandbox -i PATH`` in the root of the checkout. It reads the inventory,
starts the simulator with the accounts, networks and buckets of the inventory, and writes a file with environment variables.
In a shell that has read this file, every AWS client calls the simulator.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from pathlib import Path

from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import HostVariables
from demo.sandbox_fleet import InventoryError
from demo.sandbox_fleet import Sandbox
from demo.sandbox_fleet import sandbox_of
from tests.simulator.client import DEFAULT_ACCESS_KEY
from tests.simulator.client import SECRET_KEY
from tests.simulator.client import SimulatorError
from tests.simulator.client import SimulatorProcess

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".dev" / "sandbox"
NO_PROXY = dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost")
READ_INVENTORY = """
- name: Read the targets
  hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - name: Read the variables of the targets
      sandbox_hosts:
        hosts: "{{ query('inventory_hostnames', flow_log_hosts | default('all')) | reject('equalto', 'localhost') | list }}"
        path: "{{ lookup('env', 'FLOWLOGS_SANDBOX_HOSTS') }}"
"""
FOUND_IN_AWS = (
    "An inventory that reads AWS cannot do so in the sandbox. Write it to a file first: "
    "ansible-inventory -i INVENTORY --list --yaml --export --output targets.yml"
)
ENVIRONMENT = """\
# Leads every AWS client of this shell to the sandbox. To leave the sandbox, close the shell.
for sandbox_name in $(env | sed -n 's/^\\(AWS_[A-Za-z0-9_]*\\)=.*/\\1/p'); do unset "$sandbox_name"; done
unset sandbox_name
{exports}
"""


def parse_arguments(arguments: Sequence[str] | None = None) -> tuple[argparse.Namespace, list[str]]:
    """Return the options of the command line, and those for Ansible."""
    parser = argparse.ArgumentParser(
        prog="python -m demo.sandbox",
        description="Simulate AWS for an inventory, until Ctrl-C.",
        epilog="All other options go to ansible-playbook, which reads the inventory: -e, --vault-password-file ...",
        allow_abbrev=False,
    )
    parser.add_argument(
        "-i", "--inventory", action="append", required=True, metavar="PATH", help="inventory to simulate"
    )
    parser.add_argument(
        "--folder", type=Path, default=FOLDER, help="folder for the files of the sandbox (default: .dev/sandbox)"
    )
    parser.add_argument("--port", type=int, default=0, help="port of the simulator; 0, the default, takes a free one")
    return parser.parse_known_args(arguments)


def client_environment(url: str, config: Path) -> dict[str, str]:
    """Return the environment variables that lead AWS clients to the simulator. There is no other AWS_* variable next to them.

    The credentials are in the configuration file and not in the environment, as amazon.aws refuses a profile next to those.
    """
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
        "AWS_CONFIG_FILE": str(config),
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        **NO_PROXY,
    }


def shell_script(environment: Mapping[str, str]) -> str:
    """Return a file for a shell to read: it removes all AWS_* variables and sets these."""
    exports = [f"export {name}={shlex.quote(value)}" for name, value in environment.items()]
    return ENVIRONMENT.format(exports="\n".join(exports))


def aws_config(access_keys: Mapping[str, str]) -> str:
    """Return an AWS configuration file with a section for each profile. Its keys exist only in the simulator."""
    sections = []
    for name, key in access_keys.items():
        title = "default" if name == "default" else f"profile {shlex.quote(name)}"
        sections.append(f"[{title}]\naws_access_key_id = {key}\naws_secret_access_key = {SECRET_KEY}\n")
    return "\n".join(sections)


def read_inventory(
    sources: Sequence[str], options: Sequence[str], environment: Mapping[str, str]
) -> list[HostVariables]:
    """Return the targets of an inventory.

    :param options: further options for ansible-playbook.
    :param environment: as :func:`client_environment` returns it. Inventory plugins and lookups get it, too.
    :raises InventoryError: if Ansible cannot read the inventory.
    """
    with tempfile.TemporaryDirectory(prefix="sandbox-") as folder:
        playbook, hosts = Path(folder, "read.yml"), Path(folder, "hosts.json")
        playbook.write_text(READ_INVENTORY, encoding="utf-8")
        command = [sys.executable, "-m", "ansible", "playbook", str(playbook), *options]
        command += [word for source in sources for word in ("-i", source)]
        settings = {
            "ANSIBLE_ACTION_PLUGINS": str(ROOT / "demo" / "action_plugins"),
            "ANSIBLE_INVENTORY_UNPARSED_FAILED": "true",
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_NOCOLOR": "1",
            "FLOWLOGS_SANDBOX_HOSTS": str(hosts),
        }
        done = subprocess.run(
            command,
            env={**os.environ, **environment, **settings},
            check=False,
            stdin=sys.stdin if sys.stdin.isatty() else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode or not hosts.exists():
            lines = done.stdout.strip().splitlines()
            raise InventoryError([f"Ansible cannot read the inventory {', '.join(sources)}:", *lines, FOUND_IN_AWS])
        return [HostVariables(**host) for host in json.loads(hosts.read_text(encoding="utf-8"))]


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Make a folder and hold its lock.

    :raises InventoryError: if another sandbox uses the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InventoryError([f"Another sandbox uses {folder}. Stop it, or choose another --folder."]) from None
        yield


def instructions(sandbox: Sandbox, url: str, script: Path, sources: Sequence[str]) -> str:
    """Return what to type in another shell."""
    inventory = " ".join(f"-i {shlex.quote(source)}" for source in sources)
    run = f"    ansible-playbook {inventory} flowlogs.aws"
    return "\n".join(
        [
            *(f"Note: {note}" for note in sandbox.notes),
            f"Sandbox: accounts={len(sandbox.fleet['accounts'])} targets={sandbox.targets} buckets={sandbox.buckets}",
            f"AWS is simulated on this machine, at {url}. No call reaches AWS.",
            "",
            "Type in another shell:",
            "",
            f"    . {shlex.quote(str(script))}",
            f"{run}.publish_to_s3 --check",
            f"{run}.publish_to_s3",
            f"{run}.drift_report",
            "",
            "Ctrl-C stops the sandbox.",
        ]
    )


def serve(given: argparse.Namespace, options: Sequence[str]) -> None:
    """Read the inventory, start the simulator and wait for Ctrl-C.

    :raises InventoryError: if the inventory cannot be simulated.
    :raises SimulatorError: if the simulator does not start, or refuses the fleet.
    """
    folder = given.folder.resolve()
    config, script = folder / "aws-config", folder / "environment"
    with locked(folder), SimulatorProcess(port=given.port) as simulator:
        # An inventory that reads AWS is refused, so that it does not find what the simulator has at its start.
        simulator.fault(operation="*", action="deny", times=None)
        config.write_text(aws_config({"default": DEFAULT_ACCESS_KEY}), encoding="utf-8")
        environment = client_environment(simulator.url, config)
        hosts = read_inventory(given.inventory, options, environment)
        if not hosts:
            raise InventoryError(["The inventory has no target.", FOUND_IN_AWS])
        sandbox = sandbox_of(hosts)
        simulator.reset()
        simulator.seed(sandbox.fleet)
        simulator.clear_calls()
        config.write_text(aws_config(sandbox.access_keys), encoding="utf-8")
        script.write_text(shell_script(environment), encoding="utf-8")
        print(instructions(sandbox, simulator.url, script, given.inventory), flush=True)
        signal.pause()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the sandbox; return the exit code."""
    # SIGTERM ends the sandbox like Ctrl-C does. A shell that starts it in the background would ignore SIGINT.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    given, options = parse_arguments(arguments)
    # Neither the simulator nor the inventory gets the caller's settings for AWS, and no call goes through a proxy.
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(NO_PROXY)
    try:
        serve(given, options)
    except KeyboardInterrupt:
        print("\nThe sandbox is stopped.")
    except InventoryError as error:
        print("sandbox: the inventory cannot be simulated.", *error.problems, sep="\n  ", file=sys.stderr)
        return 2
    except SimulatorError as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
