# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters of this collection: they hand data to the pure core and back. Each is documented in a YAML file here."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Callable, Union

import ansible.template
from ansible.errors import AnsibleFilterError
from ansible.utils.display import Display

from ansible_collections.flowlogs.aws.plugins.module_utils._core.assumed_role import in_session, role_of, without_role
from ansible_collections.flowlogs.aws.plugins.module_utils._core.bucket_names import check_new_bucket
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.grant_options import for_modules
from ansible_collections.flowlogs.aws.plugins.module_utils._core.error_hints.flow_logs import hint_for
from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.resource_types import resource_ids_of
from ansible_collections.flowlogs.aws.plugins.module_utils._core.identifiers import partition_of_region
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.policies import (
    permissions_policies,
    permissions_policy,
)
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.applied_results import after_run
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.blocked_batches import blocked_by
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.collect import find
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.run_demands import (
    ALLOW_EMPTY,
    Demands,
    FAIL_ON_GAPS,
    read_switch,
    unmet_demands,
)
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.run_summary import overview, summarise
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.destination_result import (
    DestinationWish,
    destination_result,
    new_bucket,
)
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import (
    FACTS_READ,
    HostVariables,
    VARIABLES,
    bucket_of,
)
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.key_work import (
    key_answer,
    key_result,
    plan_keys,
)
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.misspelt_variables import (
    misspelt_variables,
    note_of,
)
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.preflight import (
    objection,
    operations_for_bucket,
    operations_for_flow_logs,
    plan_preflights,
    stopped,
)
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.stages import of_stages, read_stages
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.work import Publication, plan_publication
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.baseline import day_of, parse_baseline
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.changes import parse_previous
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.formats import render
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.history import history_text, parse_history
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.model import Weighing, failing, report, weighed
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.settings import read_settings

if hasattr(ansible.template, "trust_as_template"):

    # Since ansible-core 2.19 only what somebody declared trustworthy is ever a template.
    def inert(value: Any) -> Any:
        """Return a value as it is."""
        return value

else:  # ansible-core 2.17 and 2.18
    from ansible.utils.unsafe_proxy import wrap_var as inert  # type: ignore[no-redef]

#: Where the roles leave the result of the work of a host, by the kind of work.
RESULTS = {
    "batches": "publish_to_s3_flow_logs_result",
    "destinations": "publish_to_s3_destination_result",
    "permissions": "publish_to_s3_permissions_result",
}
PREFLIGHTS = "flow_log_preflight_results"
#: Where the playbook leaves whose credentials a connection has.
IDENTITY = "flow_log_identity_answer"
#: Where the playbook leaves the result of the work for a key.
KEYS = "flow_log_key_policy_result"
#: The host that holds what the plays of a run have in common.
PLAN = "flow_log_plan"
#: Where the playbook leaves when the flow logs of a batch last delivered.
DELIVERIES = "flow_log_delivery_result"
Hosts = Sequence[Union[str, Mapping[str, Any]]]
#: A report, or the JSON of one.
Findings = Union[str, Mapping[str, Any]]


def _host(item: str | Mapping[str, Any], hostvars: Mapping[str, Any] | None) -> HostVariables:
    """Read one host: a name to look up, or its variables themselves."""
    if isinstance(item, str):
        if hostvars is None:
            raise AnsibleFilterError(f"{item}: names of hosts need hostvars=hostvars beside them.")
        name, variables = item, hostvars[item]
    else:
        name, variables = str(item.get("inventory_hostname", item.get("flow_log_resource_id"))), item
    rendered: dict[str, Any] = {}
    unreadable: dict[str, str] = {}
    for variable in VARIABLES + FACTS_READ:
        if variable in variables:
            _render(variables, variable, rendered, unreadable)
    groups = variables.get("group_names") or ()
    return HostVariables(name, rendered, tuple(groups), unreadable, misspelt_variables(variables))


def _plain(value: Any) -> Any:
    """Return a value of a host rendered through and through, as plain data.

    Since ansible-core 2.19 what is in a variable of another host is rendered only when somebody looks at it, which may then be
    a task of another host, with that host's variables.
    """
    if isinstance(value, Mapping):
        return {_plain(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, str):
        return str.__str__(value)
    # To make a text of what is undefined is an error, and of what is encrypted is to decrypt it.
    return value if value is None or isinstance(value, (int, float, date)) else str(value)


def _render(variables: Mapping[str, Any], name: str, rendered: dict[str, Any], unreadable: dict[str, str]) -> None:
    # A template can fail in every way that its filters and lookups can; the host is invalid then, not the run.
    try:
        rendered[name] = _plain(variables[name])
    except Exception as error:  # pylint: disable=broad-except
        unreadable[name] = type(error).__name__


def _publication(
    hosts: Hosts,
    hostvars: Mapping[str, Any] | None = None,
    selected: Iterable[str] | None = None,
    on_first_host: bool = False,
    state: str | None = None,
    gaps: Any = None,
    identities: Iterable[Mapping[str, Any]] | None = None,
) -> Publication:
    read = [_host(item, hostvars) for item in hosts]
    if state is not None:
        read = [replace(host, variables=dict(host.variables, flow_log_state=state)) for host in read]
    answers = None if identities is None else _left(identities, hostvars or {}, IDENTITY)
    return plan_publication(read, selected, on_first_host, gaps, answers)


def flow_log_publication(
    hosts: Hosts,
    on_first_host: bool = False,
    only_reads: bool = False,
    stages: Any = None,
    allow_empty: Any = None,
    fail_on_gaps: Any = None,
    pattern: str | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Return all the work that hosts ask for; see flow_log_publication.yml."""
    wanted = read_stages(stages)
    may_be_empty = read_switch(allow_empty, ALLOW_EMPTY)
    on_gaps = read_switch(fail_on_gaps, FAIL_ON_GAPS)
    publication = _publication(hosts, on_first_host=on_first_host, **options)
    planned = {**publication.to_dict(), "preflights": plan_preflights(publication, on_first_host, only_reads)}
    # What only reads may find nothing: its report says so.
    demands = Demands(bool(may_be_empty) or only_reads, bool(on_gaps) if only_reads else on_gaps, pattern)
    return of_stages({**planned, "unmet": unmet_demands(planned, demands)}, wanted)


def _results(publication: Mapping[str, Any], hostvars: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what the roles and preflights left on the hosts that the work ran on."""
    found = {kind: _left(publication[kind], hostvars, variable) for kind, variable in RESULTS.items()}
    found["preflights"] = _preflights(publication, hostvars)
    found["keys"] = {
        name: key_result(left) for name, left in _left(publication.get("keys") or (), hostvars, KEYS).items()
    }
    return found


def _with_keys(publication: Mapping[str, Any], hostvars: Mapping[str, Any]) -> dict[str, Any]:
    """Return a publication with the work for keys, which is known only once the buckets have been looked at."""
    planned = hostvars[PLAN].get("flow_log_keys") if PLAN in hostvars else None
    return {**publication, "keys": list(planned or ())}


def flow_log_keys(publication: Mapping[str, Any], hostvars: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the work for the keys of destinations; see flow_log_keys.yml."""
    results = _results(publication, hostvars)
    return plan_keys(publication, results["destinations"], stopped(publication, results)["destinations"])


def flow_log_key_answer(bucket: str, hostvars: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was done for the key of a destination; see flow_log_key_answer.yml."""
    for work in _with_keys({}, hostvars)["keys"]:
        if bucket in work["buckets"]:
            return key_answer(hostvars[work["runner"]].get(KEYS) or {}, bucket)
    return {}


def _left(works: Iterable[Mapping[str, Any]], hostvars: Mapping[str, Any], variable: str) -> dict[str, Any]:
    """Return what is in a variable of the host that some work ran on, by the name of the work."""
    return {
        work["name"]: hostvars[work["runner"]][variable]
        for work in works
        if work["runner"] in hostvars and hostvars[work["runner"]].get(variable)
    }


def _preflights(publication: Mapping[str, Any], hostvars: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the preflights returned; under --limit several may have run on one host."""
    found = {}
    for work in publication.get("preflights") or ():
        left = hostvars[work["runner"]].get(PREFLIGHTS) if work["runner"] in hostvars else None
        if left and work["name"] in left:
            found[work["name"]] = left[work["name"]]
    return found


def _warn_of_notes(publication: Mapping[str, Any]) -> None:
    """Show notes as warnings too, which people still see at the end of a long run."""
    _warn(publication.get("notes") or ())


def _warn(notes: Iterable[str]) -> None:
    for note in notes:
        Display().warning(note)


def flow_log_findings(
    publication: Mapping[str, Any],
    hostvars: Mapping[str, Any],
    generated_at: str | None = None,
    inventory: Sequence[str] = (),
    deliveries: bool = False,
    applied: bool = False,
    as_json: bool = False,
) -> Findings:
    """Return the report about a run; see flow_log_findings.yml."""
    _warn_of_notes(publication)
    publication = _with_keys(publication, hostvars)
    results: Mapping[str, Any] = _results(publication, hostvars)
    if applied:
        results = after_run(results)
    if deliveries:
        results = {**results, "deliveries": _left(publication["batches"], hostvars, DELIVERIES)}
    sources = [_from_here(source) for source in inventory]
    return _handed_on({**report(find(publication, results, sources), generated_at), "inventory": sources}, as_json)


def _from_here(source: str) -> str:
    """Return a source of the inventory as it is passed from where Ansible was started."""
    here = os.path.join(os.getcwd(), "")
    return source[len(here) :] if source.startswith(here) and source != here else source


def flow_log_assessment(
    findings: Findings,
    time: str,
    generated_at: str | None = None,
    severities: Mapping[str, str] | None = None,
    baseline: Any = None,
    previous: str = "",
    history: str = "",
    as_json: bool = False,
) -> Findings:
    """Return a report weighed anew; see flow_log_assessment.yml."""
    given = _report(findings)
    weighing = Weighing(
        severities=severities or {},
        # Before ansible-core 2.19 a template cannot give null.
        baseline=None if baseline in (None, "") else parse_baseline(baseline),
        today=day_of(time),
        previous=_previous(previous),
        history=_history(history),
    )
    kept = {"inventory": given["inventory"]} if "inventory" in given else {}
    return _handed_on({**weighed(given["findings"], generated_at, weighing), **kept}, as_json)


# A file that an earlier run left, or somebody broke, must not keep later runs from reporting.
def _previous(text: str) -> Mapping[str, Any] | None:
    try:
        return parse_previous(text, "drift_report_previous")
    except InputError as error:
        Display().warning(f"{error} The report is compared with nothing.")
        return None


def _history(text: str) -> list[dict[str, Any]]:
    entries, problems = parse_history(text, "drift_report_history")
    if problems:
        left = "These lines are left out of the report and stay in the file."
        Display().warning(f"{problems[0]} {left if entries else 'The file is left as it is: nothing is added to it.'}")
    return entries


def flow_log_report_history(findings: Findings, time: str, length: int = 400, existing: str | None = None) -> str:
    """Return the history with the run of a report; see flow_log_report_history.yml."""
    return history_text(_report(findings), time, length, existing)


def flow_log_report_settings(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables of the role drift_report in one form each; see flow_log_report_settings.yml."""
    return read_settings(given)


def flow_log_run_summary(
    publication: Mapping[str, Any], hostvars: Mapping[str, Any], check_mode: bool = False
) -> dict[str, Any]:
    """Return what a run did and where it failed; see flow_log_run_summary.yml."""
    _warn_of_notes(publication)
    publication = _with_keys(publication, hostvars)
    return summarise(publication, _results(publication, hostvars), check_mode)


def flow_log_stopped(publication: Mapping[str, Any], hostvars: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return what preflights stop, and why; see flow_log_stopped.yml."""
    return stopped(publication, _results(publication, hostvars))


def flow_log_misspelt(names: Iterable[str], prefix: str) -> list[str]:
    """Return notes about misspelt variables of a role, and show them as warnings; see flow_log_misspelt.yml."""
    notes = [note_of(name, meant) for name, meant in sorted(misspelt_variables(names, prefix).items())]
    _warn(notes)
    return notes


def flow_log_operations(options: Mapping[str, Any], concerning: str = "flow_logs") -> list[str]:
    """Return the operations that some work may need; see flow_log_operations.yml."""
    if concerning == "bucket":
        return list(operations_for_bucket(bool(options.get("manage_policy")), bool(options.get("check"))))
    return list(operations_for_flow_logs(options))


def flow_log_objection(result: Mapping[str, Any]) -> str:
    """Return why some work must not run; see flow_log_objection.yml."""
    return objection(result)


def flow_log_overview(publication: Mapping[str, Any]) -> list[str]:
    """Return what a run is going to do, line by line; see flow_log_overview.yml."""
    return overview(publication)


# What a filter of this collection raises is a mistake in its input.
def _as_filter(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def filter_plugin(*args: Any, **kwargs: Any) -> Any:
        try:
            return inert(function(*args, **kwargs))
        except InputError as error:
            raise AnsibleFilterError(f"{function.__name__}: {error}") from error

    return filter_plugin


# Ansible renders a large structure each time it is looked at, also between two filters, and a text only once.
def _handed_on(made: Mapping[str, Any], as_json: bool) -> Findings:
    return render(made, "json") if as_json else made


def _report(findings: Findings) -> Mapping[str, Any]:
    return json.loads(findings) if isinstance(findings, str) else findings


def flow_log_report(findings: Findings, output_format: str = "json") -> str:
    """Return a report as text; see flow_log_report.yml."""
    return render(_report(findings), output_format)


def flow_log_failing(findings: Findings, fail_on: Iterable[str]) -> dict[str, int]:
    """Return which findings of a report shall fail a run; see flow_log_failing.yml."""
    return failing(_report(findings), fail_on)


def flow_log_partition(region: str | None) -> str:
    """Return the partition of a Region; see flow_log_partition.yml."""
    return partition_of_region(region or "")


def flow_log_permissions_policy(operations: str | Sequence[str], **options: Any) -> dict[str, Any]:
    """Return the least policy document for some work; see flow_log_permissions_policy.yml."""
    return permissions_policy(operations, **options)


def flow_log_permissions_policies(
    operations: str | Sequence[str], attached: str = "managed", **options: Any
) -> list[dict[str, Any]]:
    """Return the least policy documents for some work that fit; see flow_log_permissions_policies.yml."""
    return permissions_policies(operations, attached, **options)


def flow_log_bucket(
    destination: str,
    destination_options: Mapping[str, Any] | None = None,
    encryption: str | None = None,
    region: str | None = None,
    grants: Sequence[Mapping[str, Any]] = (),
    organization_id: str | None = None,
    create: bool = False,
) -> dict[str, Any]:
    """Return what a destination means for a bucket and its policy; see flow_log_bucket.yml."""
    bucket = bucket_of(destination, destination_options, region)
    if create:
        check_new_bucket("destination", bucket["bucket"])
    (folder,) = bucket["prefixes"] or [""]
    each = for_modules(grants, folder, bucket["layouts"], organization_id)
    return {**bucket, **each, "new_bucket": new_bucket(encryption, bucket["bucket"])}


def flow_log_blocked_by(batch: Mapping[str, Any], result: Mapping[str, Any] | None = None) -> str:
    """Return why a batch must not run; see flow_log_blocked_by.yml."""
    return blocked_by(batch, result)


def flow_log_destination_result(results: Mapping[str, Any], key_arn: str | None = None, **wish: Any) -> dict[str, Any]:
    """Return what was done for a destination; see flow_log_destination_result.yml."""
    return destination_result(results, DestinationWish(**wish), key_arn)


def flow_log_role(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return which role connection options name and how to assume it; see flow_log_role.yml."""
    role = role_of(options)
    if role is None:
        return {}
    needed = hint_for("AssumeRole", "AccessDenied", "")
    return {"request": role.request(), "from": without_role(options), "needed": needed}


def flow_log_connection(host: str | None, hostvars: Mapping[str, Any], *variables: str) -> dict[str, Any]:
    """Return the connection options of a host; see flow_log_connection.yml."""
    given = hostvars[host] if host is not None else {}
    return next((_plain(given[name]) for name in variables if given.get(name) is not None), {})


def flow_log_session(options: Mapping[str, Any], session: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return connection options for modules of amazon.aws; see flow_log_session.yml."""
    return in_session(options, session)


def flow_log_resource_ids(items: Sequence[str | Mapping[str, Any]]) -> list[str]:
    """Return the ids of resources; see flow_log_resource_ids.yml."""
    return resource_ids_of(items)


class FilterModule:
    """Filters of flowlogs.aws."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        functions = (
            flow_log_assessment,
            flow_log_blocked_by,
            flow_log_bucket,
            flow_log_connection,
            flow_log_destination_result,
            flow_log_failing,
            flow_log_findings,
            flow_log_key_answer,
            flow_log_keys,
            flow_log_objection,
            flow_log_misspelt,
            flow_log_operations,
            flow_log_overview,
            flow_log_partition,
            flow_log_permissions_policies,
            flow_log_permissions_policy,
            flow_log_publication,
            flow_log_report,
            flow_log_report_history,
            flow_log_report_settings,
            flow_log_resource_ids,
            flow_log_role,
            flow_log_run_summary,
            flow_log_session,
            flow_log_stopped,
        )
        return {function.__name__: _as_filter(function) for function in functions}
