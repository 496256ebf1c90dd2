# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks work whatever hosts are called, and whatever strategy the user's Ansible is configured with."""

from __future__ import annotations

import json
import pathlib
import shlex
from typing import Any

import pytest

from tests.integration.support.ansible_run import AnsibleRun
from tests.integration.support.ansible_run import AnsibleRunner
from tests.integration.support.publication import SHOP
from tests.integration.support.publication import SHOP_VPCS
from tests.integration.support.publication import Stage
from tests.integration.support.publication import environment
from tests.integration.support.publication import findings
from tests.integration.support.publication import flow_logs
from tests.integration.support.publication import hosts_of
from tests.integration.support.publication import inventory
from tests.integration.support.publication import line
from tests.integration.support.publication import report
from tests.simulator.client import SimulatorProcess

PUBLISH, DRIFT = "flowlogs.aws.publish_to_s3", "flowlogs.aws.drift_report"
#: Names with a special meaning as a host pattern or in add_host; the last one ends like a port.
NAMES = (
    "Prod Main VPC",
    "shop:net",
    "prod, old",
    "!old",
    f"arn:aws:ec2:eu-west-1:{SHOP}:vpc/vpc-1",
    "a[0:1]",
    "~x",
    "@f",
    "&and",
    "shop*",
    "shop:443",
)
VPC_OF = {name: f"vpc-0e{number:015}" for number, name in enumerate(NAMES)}
SEED = {"accounts": {SHOP: {"regions": {"eu-west-1": {"vpcs": [{"id": vpc} for vpc in VPC_OF.values()]}}}}}
#: Flow logs only; buckets are never hosts of the inventory.
VARIABLES = {
    "flow_log_account_id": SHOP,
    "flow_log_aws": {"profile": "shop"},
    "flow_log_bucket_aws": {"profile": "archive"},
    "flow_log_destination": "operations-logs",
}


@pytest.fixture(name="stage")
def _stage(ansible: AnsibleRunner, simulator: SimulatorProcess) -> Stage:
    return Stage(ansible, simulator)


class Named:
    """Runs playbooks on hosts of any name, from an inventory script, since YAML inventories expand ranges and ports."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        stage.simulator.seed(SEED)

    def __call__(self, playbook: str, *arguments: str, names: Any = NAMES, **host_variables: Any) -> AnsibleRun:
        """Run a playbook on hosts with these names, in group net; it may fail."""
        hosts = {
            name: {"flow_log_resource_id": VPC_OF[name], **host_variables.get("of", {}).get(name, {})} for name in names
        }
        document = {
            "_meta": {"hostvars": hosts},
            "net": {"hosts": list(names), "vars": {**VARIABLES, "flow_log_region": "eu-west-1"}},
        }
        folder = self.stage.folder
        script = folder / "inventory.sh"
        script.write_text(f"#!/bin/sh\ncat <<'END'\n{json.dumps(document)}\nEND\n", encoding="utf-8")
        script.chmod(0o755)
        return self.stage.ansible(
            playbook,
            *("-i", str(script), *arguments),
            environment=environment(folder, self.stage.simulator),
            succeeds=None,
        )


@pytest.fixture(name="named")
def _named(stage: Stage) -> Named:
    return Named(stage)


def failed(run: AnsibleRun) -> set[str]:
    """Return the hosts that the recap counts as failed."""
    recap = run.output[run.output.index("PLAY RECAP") :].splitlines()[1:]
    return {text[: text.rindex(" : ok=")].strip() for text in recap if "failed=1" in text}


@pytest.mark.parametrize("limit", [(), ("--limit", "net")])
def test_hosts_of_any_name_are_published_and_an_invalid_host_fails_the_run(
    named: Named, limit: tuple[str, ...]
) -> None:
    """Three batches, so that with a limit the work runs on three of the names."""
    wrong = "Prod Main VPC"
    own = {name: {"flow_log_tags": {"Number": str(number % 3)}} for number, name in enumerate(NAMES[:-1])}
    run = named(PUBLISH, *limit, names=NAMES[:-1], of={**own, wrong: {"flow_log_region": None}})
    assert run.returncode == 2, run.output
    right = {vpc for name, vpc in VPC_OF.items() if name not in (wrong, NAMES[-1])}
    assert set(flow_logs(named.stage.simulator, SHOP)) == right
    assert failed(run) == {wrong}
    assert line(run, "flow logs:").endswith(f"batches=3 destinations=1 create={len(right)} put_policy=1 failed=1")


@pytest.mark.parametrize("limit", [(), ("--limit", "net")])
def test_each_failed_host_is_reported_and_fails_the_run(named: Named, limit: tuple[str, ...]) -> None:
    """One of them has a name that Ansible reads as an address with a port."""
    run = named(PUBLISH, *limit, "-e", "flow_log_region=")
    assert run.returncode == 2, run.output
    reported = " ".join(item["result"]["msg"] for item in run.results if item["status"] == "failed")
    for name in NAMES:
        assert f"{name}: flow_log_region" in reported
    assert failed(run) - {"localhost"} <= set(NAMES)


def test_host_named_like_an_address_with_a_port_is_published(named: Named) -> None:
    """With a limit to this host, and together with another host."""
    port = NAMES[-1]
    alone = named(PUBLISH, "--limit", "net", names=[port])
    assert alone.returncode == 0, alone.output
    assert set(flow_logs(named.stage.simulator, SHOP)) == {VPC_OF[port]}
    both = named(PUBLISH, "--limit", "net", names=[port, "shop:net"])
    assert both.returncode == 0, both.output
    assert set(flow_logs(named.stage.simulator, SHOP)) == {VPC_OF[port], VPC_OF["shop:net"]}


def test_remedies_can_be_pasted_and_run(named: Named) -> None:
    """Each command in a report repairs only its own target."""
    names = ("Prod Main VPC", "prod, old", "!old")
    named(DRIFT, names=names)
    rows = {row["host"]: row for row in report(named.stage.folder)["findings"] if row["finding"] == "missing"}
    assert set(rows) == set(names)
    done: set[str] = set()
    for name in names:
        command = shlex.split(rows[name]["remedy"])
        assert command[0] == "ansible-playbook"
        where = command.index(PUBLISH)
        assert command[1] == "-i" and pathlib.Path(command[2]).name == "inventory.sh"
        run = named(PUBLISH, *command[where + 1 :], names=names)
        assert run.returncode == 0, run.output
        done.add(VPC_OF[name])
        assert set(flow_logs(named.stage.simulator, SHOP)) == done


@pytest.mark.parametrize("strategy", ["free", "host_pinned"])
def test_configured_strategy_has_no_effect(stage: Stage, strategy: str) -> None:
    document = inventory()
    hosts_of(document, "operations")[SHOP_VPCS[2]]["flow_log_region"] = None
    where = stage.folder / "inventory.json"
    where.write_text(json.dumps(document), encoding="utf-8")
    settings = {**environment(stage.folder, stage.simulator), "ANSIBLE_STRATEGY": strategy}
    for limit, more in (((), {"drift_report_fail_on": ["missing"]}), (("--limit", "all"), {})):
        run = stage.ansible(
            PUBLISH,
            *("-i", str(where), *limit),
            environment=settings,
            variables={"flow_log_with_report": True, **more},
            succeeds=False,
        )
        assert run.returncode == 2
        assert "failed=1" in line(run, "flow logs:")
        assert failed(run) == {SHOP_VPCS[2]}
        assert "run_once" not in run.output
        assert set(flow_logs(stage.simulator, SHOP)) == set(SHOP_VPCS[:2])
        assert findings(stage.folder)["not_evaluated"] == {SHOP_VPCS[2]}
        assert len(run.of("Publish the flow logs")) == 1
