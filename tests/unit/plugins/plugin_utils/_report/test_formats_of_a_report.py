# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Equal findings give equal reports, and nothing in them is interpreted."""

from __future__ import annotations

import itertools
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.finding import FINDINGS
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.finding import Finding
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.formats import FORMATS
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.formats import headline
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.formats import render
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.markdown import code
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.model import REPORT_VERSION
from tests.report_samples import report
from ansible_collections.flowlogs.aws.plugins.plugin_utils._printable import visible

HOSTILE = (
    "<script>alert(1)</script>",
    "`code` **bold** [link](https://example.com)",
    "| a | b |",
    "{{ lookup('env', 'HOME') }}",
    "=cmd()",
    "line\n# heading\r\n- item",
    "@everyone #1",
    "``\\`",
    "\u202etxt.exe\u2028",
)


def finding(kind: str = "drifted", text: str = "x", **more: Any) -> Finding:
    """Return a finding with this text in every member."""
    return Finding(
        finding=kind,
        target=text,
        account_id=text,
        region=text,
        groups=(text,),
        host=text,
        destination=text,
        flow_log_id=text,
        changes=({"field": text, "current": text, "desired": None},),
        how="replace",
        planned_action="replace",
        evidence=text,
        remedy=text,
        **more,
    )


def outside_code(line: str) -> str:
    """Return a line of Markdown without its code spans (CommonMark 0.31: they are between equal fences)."""
    rest = ""
    while line:
        run = re.match("`*", line).group()
        if not run:
            rest, line = rest + line[0], line[1:]
            continue
        closing = re.search(f"(?<!`){run}(?!`)", line[len(run) :])
        assert closing, "an open code span"
        line = line[len(run) + closing.end() :]
    return rest


@given(st.text())
def test_a_code_span_holds_any_text(text: str) -> None:
    span = code(text)
    assert "\n" not in span and span.isprintable()
    assert outside_code(span) == ("" if text else "(empty)")


@given(st.text(alphabet="`\\| a\n", max_size=12))
def test_a_code_span_holds_backticks_and_backslashes(text: str) -> None:
    assert outside_code(f"- {code(text)}, {code('x')}").strip() == ("- ," if text else "- (empty),")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_stay_in_code_spans(text: str) -> None:
    plain, hostile = (render(report([finding(text=value)]), "markdown").splitlines() for value in ("x", text))
    shown = [outside_code(line) for line in hostile]
    # A remedy with several lines has several items.
    assert [line for line, _same in itertools.groupby(shown)] == [outside_code(line) for line in plain]


@pytest.mark.parametrize("text", HOSTILE)
def test_json_keeps_every_text_unchanged(text: str) -> None:
    (row,) = json.loads(render(report([finding(text=text)]), "json"))["findings"]
    assert row["target"] == row["evidence"] == row["changes"][0]["current"] == text


def test_visible_escapes_invisible_characters() -> None:
    assert visible("a\nb\tc\u202e\x00") == "a\\nb\\tc\\u202e\\u0000"
    assert visible({"b": 1, "a": [None]}) == '{"a": [null], "b": 1}'


def test_json_is_versioned_and_sorted() -> None:
    text = render(report([finding()], "2026-01-01"), "json")
    data = json.loads(text)
    assert data["version"] == REPORT_VERSION
    assert data["generated_at"] == "2026-01-01"
    assert text == json.dumps(data, indent=2, sort_keys=True) + "\n"


@pytest.mark.parametrize("output_format", sorted(FORMATS))
def test_the_same_findings_give_the_same_text(output_format: str) -> None:
    text = [render(report([finding(kind) for kind in FINDINGS]), output_format) for _time in range(2)]
    assert text[0] == text[1]


def test_markdown_lists_at_most_100_findings_of_a_class() -> None:
    text = render(report([finding("missing", f"vpc-{number}") for number in range(103)]), "markdown")
    assert text.count("\n- `vpc-") == 100
    assert "\n- and 3 more, see the JSON report\n" in text


def test_markdown_counts_everything_and_lists_all_but_in_sync() -> None:
    text = render(report([finding(kind, f"vpc-{kind}") for kind in FINDINGS]), "markdown")
    for kind in FINDINGS:
        assert f"| {kind} |" in text
        assert (f"- `vpc-{kind}`" in text) == (kind != "in_sync")
    assert text.startswith("# Flow log drift report\n\n**There is drift.**\n")
    assert "Generated at" not in text


def test_markdown_of_nothing() -> None:
    text = "# Flow log drift report\n\n**Nothing was checked: there is no target.**\n"
    assert render(report([]), "markdown") == text


def test_markdown_of_one_drift() -> None:
    row = Finding(
        finding="drifted",
        target="vpc-1",
        account_id="111122223333",
        region="eu-west-1",
        groups=("prod",),
        flow_log_id="fl-1",
        changes=({"field": "traffic_type", "current": "ACCEPT", "desired": "ALL"},),
        how="replace",
        planned_action="replace",
        evidence="AWS cannot change traffic_type in place.",
        remedy="ansible-playbook flowlogs.aws.publish_to_s3 --limit vpc-1",
    )
    assert render(report([row], "2026-01-01"), "markdown") == (
        "# Flow log drift report\n"
        "\n"
        "**There is drift.**\n"
        "\n"
        "Generated at `2026-01-01`.\n"
        "\n"
        "| finding | severity | count |\n"
        "| --- | --- | ---: |\n"
        "| drifted | medium | 1 |\n"
        "\n"
        "1 of 1 targets are logged (100.0 %). For 1 of them, it is unknown whether flow logs can be delivered.\n"
        "\n"
        "## Drifted: the flow log differs from the inventory\n"
        "\n"
        "- `vpc-1`, account `111122223333`, region `eu-west-1`, groups `prod`, flow log `fl-1`\n"
        "  - `traffic_type`: `ACCEPT` → `ALL`\n"
        "  - changed by replacing the flow log\n"
        "  - planned: `replace`\n"
        "  - evidence: `AWS cannot change traffic_type in place.`\n"
        "  - remedy: `ansible-playbook flowlogs.aws.publish_to_s3 --limit vpc-1`\n"
    )


def test_headline_is_one_line_for_grep() -> None:
    assert headline(report([])) == "flow log drift report: verdict=nothing_checked"
    row = Finding(finding="in_sync", target="a\nb")
    assert headline(report([row])) == "flow log drift report: verdict=in_sync in_sync=1"
    logged = Finding(finding="in_sync", target="vpc-1", flow_log_id="fl-1", deliverable=False)
    unknown = Finding(finding="unknown", target="vpc-2")
    assert headline(report([logged, unknown])) == (
        "flow log drift report: verdict=unknown unknown=1 in_sync=1; "
        "targets=2 logged=1 deliverable=0 targets_unknown=1"
    )


def test_fields_without_a_value_are_left_out() -> None:
    text = render(report([Finding(finding="missing", target="vpc-1")]), "markdown")
    (line,) = [line for line in text.splitlines() if "vpc-1" in line]
    assert line == "- `vpc-1`"
