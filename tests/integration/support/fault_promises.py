# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ``s3_flow_log`` promises whatever happens, checked without the module's own code. Pure.

Every function yields one text for each broken promise.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from typing import Any

from tests.integration.support.fault_scenarios import MARK
from tests.integration.support.fault_scenarios import Settings
from tests.integration.support.fault_scenarios import Story
from tests.integration.support.fault_scenarios import blocks
from tests.integration.support.fault_world import Run
from tests.integration.support.fault_world import Seen
from tests.integration.support.fault_world import State


def of_target(state: State, target: str) -> list[Seen]:
    """The flow logs to S3 of a target, oldest first."""
    return [log for log in state.values() if log.target == target and log.settings is not None]


def may_take_over_named(story: Story) -> bool:
    """Whether a story without a name allows the module to take over named flow logs."""
    return bool(story.options.get("adopt_named")) or story.present and story.options.get("purge") == "s3"


def to_destination(story: Story, logs: list[Seen]) -> list[Seen]:
    """The flow logs that deliver to the destination of the story."""
    return [log for log in logs if log.settings and log.settings[0] == story.settings[0]]


def candidates(story: Story, logs: list[Seen]) -> list[Seen]:
    """The flow logs that have the desired identity.

    With a name: those of this name, or an equal one without any. Without: those to the destination that have no name
    either, unless the story consents to take over others.
    """
    name = story.options.get("name")
    if name is None:
        return [log for log in to_destination(story, logs) if may_take_over_named(story) or "Name" not in log.tags]
    named = [log for log in logs if log.tags.get("Name") == name]
    if named or not story.present:
        return named
    return [log for log in logs if "Name" not in log.tags and log.settings == story.settings]


def equal_but_named(story: Story, logs: list[Seen]) -> list[Seen]:
    """The flow logs with a name that record the same traffic for a story without one, and are not its own."""
    if not story.present or "name" in story.options:
        return []
    own = candidates(story, logs)
    return [log for log in to_destination(story, logs) if log not in own and overlaps(story.settings, log.settings)]


def overlaps(settings: Settings, other: Settings | None) -> bool:
    """Whether two flow logs record the same traffic, at least in part."""
    traffic = {settings[1], other[1] if other else None}
    return len(traffic) == 1 or not traffic.isdisjoint({"ALL", None})


def exact(story: Story, logs: list[Seen]) -> list[Seen]:
    """The flow logs with the desired settings: candidates, or else those with a name, which are adopted as they are."""
    own = [log for log in candidates(story, logs) if log.settings == story.settings]
    return own or [log for log in equal_but_named(story, logs) if log.settings == story.settings]


def is_purged(story: Story, log: Seen) -> bool:
    """Whether the story has this flow log removed, given that another one is kept."""
    purge = story.options.get("purge")
    if not story.present or log.is_owned_by_aws or log.settings is None or purge == "none":
        return False
    mine = log.tags.get("Name") in (None, story.options.get("name"))
    if "name" not in story.options:
        mine = mine or may_take_over_named(story)
    return purge == "s3" or mine and log.settings == story.settings


# -- what may be refused -------------------------------------------------------------------------------------------


def allowed_refusals(story: Story, target: str, logs: list[Seen]) -> set[str]:
    """Error codes with which the module may leave a target unchanged.

    :param logs: to S3, as they were before the first run.
    """
    found, equal = candidates(story, logs), exact(story, logs)
    if target in story.missing:
        # AWS's own answer counts where a fault kept the module from looking the target up.
        return {"TargetNotFound", "InvalidVpcID.NotFound", "InvalidTransitGatewayID.NotFound"}
    if not story.present:
        return {"ManagedByAws"} if any(log.is_owned_by_aws for log in found) else set()
    if equal:
        return _refusals_beside_an_equal_one(story, equal, found, logs)
    named = equal_but_named(story, logs)
    if named and not found:
        return {"ManagedByAws"} if len(named) == 1 and named[0].is_owned_by_aws else {"NamedFlowLog"}
    return _refusals_of_a_change(story, found, logs)


def _refusals_beside_an_equal_one(story: Story, equal: list[Seen], found: list[Seen], logs: list[Seen]) -> set[str]:
    if any(log.healthy for log in equal):
        return set()
    if any(MARK in log.tags and log not in equal for log in found):
        return {"ReplacementFailed"}
    return {"NotDelivering"} if any(log.healthy and is_purged(story, log) for log in logs) else set()


def replaced_one(story: Story, found: list[Seen]) -> Seen:
    """The replaced candidate: the only one, or, if all others go, the one that AWS may count as a duplicate."""
    in_the_way = [log for log in found if log.settings and log.settings[:2] == story.settings[:2]]
    return [*in_the_way, *found][0]


def _refusals_of_a_change(story: Story, found: list[Seen], logs: list[Seen]) -> set[str]:
    codes = set()
    if len(found) > 1 and story.options["purge"] != "s3":
        return {"Ambiguous"}
    if any(log.is_owned_by_aws for log in found):
        return {"ManagedByAws"}
    if found and story.options["replace"] == "never":
        return {"ReplacementNeeded"}
    goes = [replaced_one(story, found)] if found and story.may_gap else []
    if any(blocks(story.settings, log.settings, story.switches) for log in logs if log not in goes):
        codes.add("FlowLogAlreadyExists")
    return codes


# -- the end -------------------------------------------------------------------------------------------------------


def has_desired_tags(story: Story, log: Seen) -> bool:
    """Whether the tags are the desired ones."""
    asked, name = story.options.get("tags"), story.options.get("name")
    if name is None and "Name" in log.tags and not may_take_over_named(story):
        # Adopted as it is, so it keeps the tags of the person who named it.
        return True
    if MARK in log.tags:
        return False
    if name is not None and log.tags.get("Name") != name:
        return False
    if asked is None:
        return True
    wanted = {**asked, **({"Name": name} if name else {})}
    own = {key: value for key, value in log.tags.items() if not key.startswith("aws:")}
    return own == wanted if story.options["purge_tags"] else wanted.items() <= own.items()


def is_as_desired(story: Story, logs: list[Seen]) -> bool:
    """Whether a target's flow logs to S3 match the story."""
    found = candidates(story, logs)
    if not story.present:
        return not found
    kept = sorted((log for log in exact(story, logs) if has_desired_tags(story, log)), key=lambda log: not log.healthy)
    surplus = [log for log in logs if is_purged(story, log)]
    if not any(log.healthy for log in kept) and story.options["purge"] == "s3":
        surplus = []
    marked = [log for log in found if MARK in log.tags and not log.is_owned_by_aws]
    return bool(kept) and len([log for log in surplus if log not in kept[:1]]) == 0 and not marked


def end(story: Story, first: State, run: Run) -> Iterator[str]:
    """Check the state after a run without faults: each target as desired or refused for a valid reason, no leftovers.

    :param first: the state before the first run.
    """
    if run.result is None or "unsuccessful" not in run.result and run.result.get("failed"):
        yield f"the clean run failed: {(run.result or {}).get('msg')}"
        return
    for target in (*story.targets, *story.missing):
        yield from _end_of(story, target, of_target(first, target), of_target(run.after, target), run)
    for key, log in run.after.items():
        if MARK in log.tags and (key not in first or MARK not in first[key].tags):
            yield f"{key} is left with the mark"


def _end_of(story: Story, target: str, old: list[Seen], new: list[Seen], run: Run) -> Iterator[str]:
    codes = set(run.unsuccessful.get(target, []))
    wrong = {_kind(code) for code in codes} - allowed_refusals(story, target, old)
    if wrong:
        yield f"{target} is refused with {sorted(wrong)}"
    if not codes and target not in story.missing and not is_as_desired(story, new):
        yield f"{target} is not as desired, and nothing is said of it"
    made = {log.id for log in new} - {log.id for log in old}
    if len(made) > 1 or made and (not story.present or exact(story, old)):
        yield f"{target} has {sorted(made)} too many"
    if story.present and not codes and len(candidates(story, old)) <= 1 and len(candidates(story, new)) > 1:
        yield f"{target} has duplicates: {[log.id for log in candidates(story, new)]}"


def _kind(code: str) -> str:
    # An item of Unsuccessful names a missing resource in words only; both spellings of the code were seen.
    return {"InvalidVpcId.NotFound": "InvalidVpcID.NotFound"}.get(code, code)


def untouched(story: Story, first: State, run: Run) -> Iterator[str]:
    """Check that flow logs out of scope are unchanged: other destinations, CloudWatch, owned by AWS, refused."""
    mine = {key for target in story.targets for key in _touchable(story, target, of_target(first, target))}
    for log in first.values():
        now = run.after.get(log.id)
        if log.id not in mine and _known(now) != _known(log):
            yield f"{log.id} of {log.target} was {log}, is {now}"
        if log.is_owned_by_aws and (now is None or now.settings != log.settings):
            yield f"{log.id} is AWS's, and was changed"


def _known(log: Seen | None) -> Any:
    """A flow log without the mark, which is removed from one that is refused after an interruption."""
    return None if log is None else (log.settings, {key: value for key, value in log.tags.items() if key != MARK})


def _touchable(story: Story, target: str, old: list[Seen]) -> Iterator[str]:
    """Ids of the flow logs that the run may delete or retag."""
    found, equal = candidates(story, old), exact(story, old)
    if not story.present:
        yield from (log.id for log in found if not log.is_owned_by_aws)
        return
    refusals = allowed_refusals(story, target, old)
    if equal:
        yield from (log.id for log in equal if log in found)
        yield from (log.id for log in found if MARK in log.tags)
    elif found and not refusals:
        yield replaced_one(story, found).id
    if not refusals:
        yield from (log.id for log in old if is_purged(story, log))


def tags_survive(story: Story, first: State, after: State) -> Iterator[str]:
    """Check that a flow log that is replaced without a gap passes its tags on."""
    asked = story.options.get("tags")
    if not story.present or story.may_gap or (asked is not None and story.options["purge_tags"]):
        return
    for target in story.targets:
        old, new = of_target(first, target), exact(story, of_target(after, target))
        found = candidates(story, old)
        if len(found) == 1 and new and not exact(story, old):
            kept = {key: value for key, value in found[0].tags.items() if key not in {MARK, *(asked or {})}}
            yield from (
                f"{target}: of the tags {kept} some are lost" for log in new if not kept.items() <= log.tags.items()
            )


# -- every moment --------------------------------------------------------------------------------------------------


def always_logged(story: Story, first: State, runs: list[Run]) -> Iterator[str]:
    """Check that a target with a healthy flow log always has one, unless a gap is allowed and needed."""
    refuses_second = story.switches["identity"] == "destination_and_traffic"
    if not story.present or story.options["replace"] == "delete_first" or (story.may_gap and refuses_second):
        return
    for target in story.targets:
        yield from _moments_without(target, "healthy flow log", first, runs, lambda logs: logs)
        yield from _moments_without(
            target,
            "healthy flow log of this identity",
            first,
            runs,
            lambda logs: candidates(story, logs) + exact(story, logs),
        )


def _moments_without(
    target: str, what: str, first: State, runs: list[Run], choose: Callable[[list[Seen]], list[Seen]]
) -> Iterator[str]:
    def is_logged(state: State) -> bool:
        return any(log.healthy for log in choose(of_target(state, target)))

    if is_logged(first):
        for number, run in enumerate(runs):
            gaps = [moment for moment, state in enumerate(run.states) if not is_logged(state)]
            yield from (f"{target} has no {what} after request {moment} of run {number}" for moment in gaps[:1])


# -- the result ----------------------------------------------------------------------------------------------------


def truth(story: Story, run: Run, was_stale: bool) -> Iterator[str]:
    """Check that a run reports exactly what it changed.

    :param was_stale: whether AWS showed this run an earlier state.
    """
    if run.result is None:
        return
    if run.result.get("changed", False) != bool(run.actions):
        yield f"changed is {run.result.get('changed')} with {len(run.actions)} actions"
    for action in run.actions:
        yield from _wrongly_reported(action, run)
    yield from _unreported(run)
    yield from _reported_gaps(run)
    if was_stale or "unsuccessful" not in run.result and run.result.get("failed"):
        return
    for target in story.targets:
        if not is_as_desired(story, of_target(run.after, target)) and target not in run.unsuccessful:
            yield f"{target} is not as desired, and not among the unsuccessful"


def _wrongly_reported(action: dict[str, Any], run: Run) -> Iterator[str]:
    kind, new, old = action["action"], action["flow_log_id"], action["replaces"]
    target = run.after[new].target if new in run.after else None
    wrong = {
        "create": target != action["target"] or new in run.before,
        "replace": target != action["target"] or old is None or old in run.after,
        "delete": new in run.after,
    }
    is_wrong = (
        wrong[kind] if kind in wrong else not all(_is_set(item, run.after.get(new)) for item in action["changes"])
    )
    if is_wrong:
        yield f"{action} is not what happened"


def _is_set(change: dict[str, Any], log: Seen | None) -> bool:
    return log is not None and log.tags.get(change["field"].removeprefix("tags.")) == change["desired"]


def _unreported(run: Run) -> Iterator[str]:
    """Find changes that no action reports, for targets without a reported failure."""
    reported = {action["flow_log_id"] for action in run.actions} | {action["replaces"] for action in run.actions}
    for key in sorted(run.before.keys() | run.after.keys()):
        old, new = run.before.get(key), run.after.get(key)
        target = (old or new).target  # type: ignore[union-attr]
        if _known(old) != _known(new) and key not in reported and target not in run.unsuccessful:
            yield f"{key} of {target} changed from {old} to {new} but no action reports it"


def _reported_gaps(run: Run) -> Iterator[str]:
    """Check that a replacement that reports no gap left none."""
    for action in run.actions:
        pair = {action["flow_log_id"], action["replaces"]}
        if action["action"] == "replace" and not action["gap"] and any(pair.isdisjoint(state) for state in run.states):
            yield f"{action} left a gap"


# -- check mode ----------------------------------------------------------------------------------------------------


def predicted(story: Story, check: Run, real: Run) -> Iterator[str]:
    """Check that check mode predicts the actions of a real run without faults."""
    # Only AWS knows that it refuses a second flow log.
    refused = {item for item, codes in real.unsuccessful.items() if item not in check.unsuccessful}
    gap = bool(story.options.get("allow_gap"))
    expected = [_predictable(item, gap) for item in check.actions if item["target"] not in refused]
    actual = [_predictable(item, gap) for item in real.actions if item["target"] not in refused]
    if expected != actual:
        yield f"predicted: {expected}; done: {actual}"
    if not refused and not gap and (check.result or {}).get("diff") != (real.result or {}).get("diff"):
        yield "the diff of check mode is not that of the real run"


def _predictable(action: dict[str, Any], may_gap: bool) -> dict[str, Any]:
    new = action["action"] in ("create", "replace")
    unknown = {"gap_seconds"} | ({"flow_log_id"} if new else set()) | ({"gap"} if may_gap else set())
    return {key: value for key, value in action.items() if key not in unknown}
