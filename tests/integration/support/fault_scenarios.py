# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random stories for ``s3_flow_log``: what exists, the desired settings, how AWS behaves, and what fails.

Pure: the same number gives the same story, on every machine.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from dataclasses import field
from typing import Any

REGION = "eu-west-1"
ACCOUNT = "123456789012"
BUCKETS = ("example-logs", "other-logs")
VPCS = tuple(f"vpc-0a{number:015x}" for number in range(1, 7))
GATEWAYS = tuple(f"tgw-0a{number:015x}" for number in range(1, 7))
ABSENT = {"vpc": "vpc-0c000000000000001", "tgw": "tgw-0c000000000000001"}
MARK = "flowlogs.aws:replaced"
NAME = "central"

VPC_FORMAT = (
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} "
    "${bytes} ${start} ${end} ${action} ${log-status}"
)
SHORT_FORMAT = "${srcaddr} ${dstaddr}"
PLAIN = ("plain-text", False, False)
_DESTINATIONS = tuple(f"arn:aws:s3:::{path}" for path in ("example-logs/network", "example-logs/moved", "other-logs"))
_OPTIONS = (PLAIN, ("parquet", False, False), ("plain-text", True, True))

Settings = tuple[str, "str | None", int, "str | None", tuple[str, bool, bool]]
"""Destination without its last slash, traffic type, interval, format (None: the default), destination options."""


@dataclass(frozen=True)
class Planted:
    """A flow log that exists before the story begins."""

    id: str
    target: str
    settings: Settings | None
    """None: it delivers to CloudWatch Logs."""
    tags: dict[str, str]
    healthy: bool = True
    slash: bool = False


@dataclass(frozen=True)
class Round:
    """One run of the module while things go wrong.

    ``faults`` come on top of those that earlier rounds left in force. ``killed_at``: the process ends before this
    AWS request (0: the first).
    """

    faults: list[dict[str, Any]] = field(default_factory=list)
    killed_at: int | None = None


@dataclass(frozen=True)
class Story:
    """Everything that one test needs."""

    number: int
    switches: dict[str, str]
    targets: tuple[str, ...]
    missing: tuple[str, ...]
    planted: list[Planted]
    settings: Settings
    options: dict[str, Any]
    rounds: list[Round]

    @property
    def present(self) -> bool:
        """Whether the story publishes flow logs. Otherwise it removes them."""
        return self.options.get("state", "present") == "present"

    @property
    def may_gap(self) -> bool:
        """Whether the story allows a gap."""
        return self.options.get("replace") == "delete_first" or bool(self.options.get("allow_gap"))


def story(number: int, seed: str) -> Story:
    """Return the story of a number.

    :param seed: fixed, so that every run of the tests uses the same stories.
    """
    chance = random.Random(f"{seed}/{number}")
    kind = "tgw" if chance.random() < 0.1 else "vpc"
    switches = _switches(chance)
    targets = (GATEWAYS if kind == "tgw" else VPCS)[: chance.choice((1, 1, 2, 3, 4, 6))]
    settings = _settings(chance, kind)
    options = _options(chance, kind, settings)
    planted = [log for target in targets for log in _planted(chance, target, kind, settings, switches, options)]
    missing = (ABSENT[kind],) if chance.random() < 0.1 else ()
    asked = [*targets, *missing]
    chance.shuffle(asked)
    options["resource_ids"] = asked
    rounds = [_round(chance, targets, planted) for _number in range(chance.choice((0, 1, 1, 1, 2, 2, 3)))]
    if chance.random() < 0.25:
        rounds = _worst(chance)
    return Story(number, switches, targets, missing, planted, settings, options, rounds)


def _switches(chance: random.Random) -> dict[str, str]:
    values = {
        "identity": ("destination_and_traffic", "all_settings"),
        "duplicate_in_batch": ("whole_call", "item"),
        "delete_unknown": ("error", "item"),
        "missing_target": ("error", "item"),
        "trailing_slash": ("kept", "stripped"),
        "describe_unknown": ("error", "empty"),
        "token_after_delete": ("replay", "create"),
        "token_after_failure": ("act", "replay"),
        "default_destination_options": ("filled", "absent"),
        "transit_gateway_traffic_type": ("all", "absent"),
        "tag_unknown": ("InvalidFlowLogId.NotFound", "InvalidID"),
        "policy_edit": ("append", "off"),
        "policy_edit_too_large": ("error", "item"),
    }
    return {name: chance.choice(allowed) for name, allowed in values.items()}


# -- the desired settings ------------------------------------------------------------------------------------------


def _settings(chance: random.Random, kind: str) -> Settings:
    gateway = kind == "tgw"
    return (
        chance.choice(_DESTINATIONS),
        None if gateway else chance.choice(("ALL", "ALL", "ACCEPT")),
        60 if gateway else chance.choice((600, 60)),
        chance.choice((None, SHORT_FORMAT)),
        chance.choice((PLAIN, PLAIN, *_OPTIONS)),
    )


def _changed(chance: random.Random, settings: Settings, kind: str) -> Settings:
    """Other settings: one or two members changed."""
    gateway = kind == "tgw"
    changed = list(settings)
    for position in chance.sample(range(5), chance.choice((1, 1, 2))):
        pools: tuple[Any, ...] = (
            _DESTINATIONS,
            (None,) if gateway else ("ALL", "ACCEPT", "REJECT"),
            (60,) if gateway else (60, 600),
            (None, SHORT_FORMAT),
            _OPTIONS,
        )
        changed[position] = chance.choice(pools[position])
    return tuple(changed)  # type: ignore[return-value]


def _options(chance: random.Random, kind: str, settings: Settings) -> dict[str, Any]:
    destination, traffic, interval, log_format, (file_format, hive, hourly) = settings
    options: dict[str, Any] = {"destination": destination + chance.choice(("", "/"))}
    if chance.random() < 0.15:
        options["state"] = "absent"
    if kind == "vpc":
        options.update(traffic_type=traffic, max_aggregation_interval=interval)
    if log_format is not None:
        options["log_format"] = ["srcaddr", "dstaddr"]
    if (file_format, hive, hourly) != PLAIN or chance.random() < 0.5:
        options["destination_options"] = {
            "file_format": file_format,
            "hive_compatible_partitions": hive,
            "per_hour_partition": hourly,
        }
    if chance.random() < 0.35:
        options["name"] = NAME
    elif chance.random() < 0.3:
        options["adopt_named"] = True
    if chance.random() < 0.5:
        options["tags"] = chance.choice(({}, {"team": "net"}, {"team": "sec", "env": "prod"}))
        options["purge_tags"] = chance.random() < 0.6
    options["replace"] = chance.choice(("create_first",) * 5 + ("delete_first", "never"))
    options["allow_gap"] = chance.random() < 0.3
    options["purge"] = chance.choice(("none", "none", "duplicates", "s3"))
    return options


# -- what exists ---------------------------------------------------------------------------------------------------


def _planted(
    chance: random.Random, target: str, kind: str, settings: Settings, switches: dict[str, str], options: dict[str, Any]
) -> list[Planted]:
    logs: list[Planted] = []
    position = GATEWAYS.index(target) if kind == "tgw" else VPCS.index(target)
    for number in range(chance.choice((0, 1, 1, 1, 2, 2, 3))):
        flow_log_id = f"fl-0{position:08x}{number:08x}"
        if kind == "vpc" and chance.random() < 0.12:
            logs.append(Planted(flow_log_id, target, None, {"team": "watch"}))
            continue
        has = settings if chance.random() < 0.25 else _changed(chance, settings, kind)
        tags = _planted_tags(chance, options)
        log = Planted(flow_log_id, target, has, tags, chance.random() < 0.85, chance.random() < 0.5)
        equal = any(blocks(has, other.settings, switches) for other in logs)
        # AWS creates no two with the same identity, but a race may have.
        if not equal or chance.random() < 0.15:
            logs.append(log)
    return logs


def _planted_tags(chance: random.Random, options: dict[str, Any]) -> dict[str, str]:
    tags: dict[str, str] = {}
    if chance.random() < 0.4:
        tags["team"] = chance.choice(("net", "old"))
    if chance.random() < (0.6 if "name" in options else 0.4):
        tags["Name"] = chance.choice((NAME, NAME, "other"))
    if chance.random() < 0.08:
        tags["aws:cloudformation:stack-name"] = "network"
    elif chance.random() < 0.08:
        tags[MARK] = "true"
    return tags


def blocks(settings: Settings, other: Settings | None, switches: dict[str, str]) -> bool:
    """Whether AWS refuses a flow log with these settings because the resource has the other one."""
    if other is None:
        return False
    return settings == other if switches["identity"] == "all_settings" else settings[:2] == other[:2]


# -- what fails ----------------------------------------------------------------------------------------------------

_OPERATIONS = ("*", "CreateFlowLogs", "DescribeFlowLogs", "DeleteFlowLogs", "CreateTags", "DeleteTags")
_REFUSALS = ("throttle", "server_error", "cut_before", "cut_after", "deny", "conflict")


def _round(chance: random.Random, targets: tuple[str, ...], planted: list[Planted]) -> Round:
    faults = [_fault(chance, targets, planted) for _number in range(chance.choice((0, 1, 1, 2, 3)))]
    killed_at = chance.randrange(10) if chance.random() < 0.25 else None
    return Round(faults, killed_at)


def _worst(chance: random.Random) -> list[Round]:
    """Return a run that is killed or loses a response to CreateFlowLogs, and one that reads an earlier state."""
    stale = {"operation": "DescribeFlowLogs", "action": "stale", "after": chance.randrange(1, 5)}
    stale |= {"times": chance.choice((1, 1, 2)), "writes": chance.choice((1, 2, 3, 9, 10))}
    lost = {"operation": chance.choice(("CreateFlowLogs", "DeleteFlowLogs")), "action": "cut_after", "times": 9}
    first = chance.choice(
        (Round([stale], killed_at=chance.randrange(1, 8)), Round([stale, lost]), Round([lost, stale]))
    )
    return [first, Round()]


def _fault(chance: random.Random, targets: tuple[str, ...], planted: list[Planted]) -> dict[str, Any]:
    kind = chance.choice(
        ("short", "short", "long", "for good", "partial", "partial", "stale", "stale", "create", "create")
    )
    after = chance.randrange(7)
    if kind == "partial":
        return _partial(chance, targets, planted)
    if kind == "stale":
        times = chance.choice((1, 1, 2, 3))
        return {"operation": "DescribeFlowLogs", "action": "stale", "after": chance.randrange(6), "times": times} | {
            "writes": chance.choice((1, 1, 2, 3))
        }
    if kind == "create":
        times = chance.choice((1, 2, None))
        # Either the bucket loses its policy, or delivery fails although the policy is right.
        action = chance.choice(
            ({"action": "undeliverable"}, {"action": "change_policy", "bucket": chance.choice(BUCKETS)})
        )
        return {"operation": "CreateFlowLogs", "after": chance.randrange(2), "times": times, **action}
    times = {"short": chance.choice((1, 2, 3)), "long": chance.choice((9, 18)), "for good": None}[kind]
    operation = chance.choice(_OPERATIONS)
    return {"operation": operation, "action": chance.choice(_REFUSALS), "after": after, "times": times}


def _partial(chance: random.Random, targets: tuple[str, ...], planted: list[Planted]) -> dict[str, Any]:
    operation = chance.choice(("CreateFlowLogs", "DeleteFlowLogs"))
    pool = list(targets) if operation == "CreateFlowLogs" or not planted else [log.id for log in planted]
    ids = chance.sample(pool, chance.randint(1, len(pool)))
    times = chance.choice((1, 1, 2, None))
    return {"operation": operation, "action": "partial", "ids": ids, "after": chance.randrange(2), "times": times}
