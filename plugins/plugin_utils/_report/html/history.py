# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What became of things: since the last report, over the last runs, of what was accepted. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Callable

from .parts import bullets, code, finding_link, folded, link_to, number, percent, place, section, several, table, text

#: So many runs are drawn, the newest.
_RUNS = 60
_WIDTH, _LEFT, _RIGHT = 640, 44, 12
_CURVE_TOP, _CURVE_FOOT, _BARS_TOP, _BARS_FOOT = 14, 104, 128, 178
_STACKED = ("high", "medium", "low")


# -- since the last report ----------------------------------------------------------------------------------------


def changes(report: Mapping[str, Any]) -> str:
    """Return what is new, gone and still there since the last report; nothing where none was given."""
    found = report["changes"]
    if found is None:
        return ""
    rows = {row["id"]: row for row in report["findings"]}
    new, still = ([rows[name] for name in found[kind] if name in rows] for kind in ("new", "still"))
    parts = [
        _moved("new", len(found["new"]), [_told(row, finding_link(row)) for row in new], "new"),
        _moved("gone", len(found["gone"]), [_told(row, code(row["target"])) for row in found["gone"]]),
        _moved("still there", len(found["still"]), [], "still", _by_class(still)),
    ]
    since = f" ({text(found['since'])})" if found.get("since") else ""
    return section("changes", f"Since the last report{since}", f'<div class="moves">{"".join(parts)}</div>')


def _told(row: Mapping[str, Any], target: str) -> str:
    return f'{text(row["finding"])} {target} <span class="quiet">{place(row)}</span>'


def _by_class(rows: Sequence[Mapping[str, Any]]) -> str:
    counts = dict.fromkeys((row["finding"] for row in rows), 0)
    for row in rows:
        counts[row["finding"]] += 1
    told = ", ".join(f"{number(count)} {text(name)}" for name, count in counts.items())
    return f'<p class="quiet">{told}</p>' if told else ""


def _moved(title: str, count: int, items: Sequence[str], change: str | None = None, more: str = "") -> str:
    figure = f"<b>{number(count)}</b> {title}"
    head = link_to(figure, change=change) if change and count else figure
    return f"<div><h3>{head}</h3>{folded(items, bullets, 'findings')}{more}</div>"


# -- over the last runs -------------------------------------------------------------------------------------------


def trend(report: Mapping[str, Any]) -> str:
    """Return the percentage of logged targets, and findings, over the last runs as a chart; nothing where there are fewer than two."""
    runs = list(report["history"])[-_RUNS:]
    if len(runs) < 2:
        return ""
    told = (
        f"{several(len(runs), 'run')}, from {text(runs[0].get('generated_at'))} to {text(runs[-1].get('generated_at'))}: "
        f"logged {percent(runs[0].get('logged_percent'))} at first, {percent(runs[-1].get('logged_percent'))} now."
    )
    drawn = (
        f'<svg viewBox="0 0 {_WIDTH} 200" role="img" aria-labelledby="trend-told">'
        f'<title id="trend-told">{told}</title>{_curve(runs)}{_bars(runs)}{_dates(runs)}</svg>'
    )
    key = "".join(
        f'<li><svg width="12" height="12" aria-hidden="true"><rect class="t-{name}" width="12" height="12" rx="2"/></svg>'
        f"{name}</li>"
        for name in _STACKED
    )
    figures = f'<details class="more"><summary>The numbers</summary>{_figures(runs)}</details>'
    return section(
        "trend",
        "Over the last runs",
        '<p class="quiet">Above, the targets that are logged; below, the findings by severity.</p>',
        f'<div class="scroll trend" tabindex="0" role="region" aria-labelledby="trend-title">{drawn}</div>',
        f'<ul class="key" aria-label="Colours of the severities">{key}</ul>',
        figures,
    )


def _across(runs: Sequence[Any]) -> Callable[[int], float]:
    """Return where each run is drawn."""
    wide = (_WIDTH - _LEFT - _RIGHT) / len(runs)
    return lambda at: round(_LEFT + wide * (at + 0.5), 1)


def _curve(runs: Sequence[Mapping[str, Any]]) -> str:
    known: list[tuple[int, float]] = [
        (at, run["logged_percent"]) for at, run in enumerate(runs) if run.get("logged_percent") is not None
    ]
    if not known:
        return ""
    least = min(90, int(min(value for _at, value in known) // 10 * 10))
    x = _across(runs)
    height = (_CURVE_FOOT - _CURVE_TOP) / (100 - least)
    points = [(x(at), round(_CURVE_FOOT - (value - least) * height, 1), at, value) for at, value in known]
    line = " ".join(f"{across},{up}" for across, up, _at, _value in points)
    dots = "".join(
        f'<circle class="point" cx="{across}" cy="{up}" r="3.5">'
        f"<title>{text(runs[at].get('generated_at'))}: {percent(value)} logged</title></circle>"
        for across, up, at, value in points
    )
    across, up, _at, value = points[-1]
    under = up + 16 if up < _CURVE_TOP + 14 else up - 8
    return (
        f"{_axis(_CURVE_TOP, '100%')}{_axis(_CURVE_FOOT, f'{least}%')}"
        f'<polyline class="curve" points="{line}"/>{dots}'
        f'<text class="now" x="{across}" y="{round(under, 1)}" text-anchor="end">{percent(value)}</text>'
    )


def _axis(up: int, name: str) -> str:
    return (
        f'<line class="axis" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{up}" y2="{up}"/>'
        f'<text x="{_LEFT - 6}" y="{up + 4}" text-anchor="end">{name}</text>'
    )


def _bars(runs: Sequence[Mapping[str, Any]]) -> str:
    most = max(_stacked(run) for run in runs)
    height = (_BARS_FOOT - _BARS_TOP) / max(most, 1)
    x = _across(runs)
    wide = round(min(28.0, (_WIDTH - _LEFT - _RIGHT) / len(runs) * 0.6), 1)
    drawn = []
    for at, run in enumerate(runs):
        foot = float(_BARS_FOOT)
        for name in _STACKED:
            tall = round(_of(run, name) * height, 1)
            foot = round(foot - tall, 1)
            left = round(x(at) - wide / 2, 1)
            drawn.append(
                f'<rect class="t-{name}" x="{left}" y="{foot}" width="{wide}" height="{tall}"/>' if tall else ""
            )
    return _axis(_BARS_TOP, number(most)) + "".join(drawn) + _axis(_BARS_FOOT, "0")


def _of(run: Mapping[str, Any], severity: str) -> int:
    return int((run.get("severities") or {}).get(severity, 0))


def _stacked(run: Mapping[str, Any]) -> int:
    return sum(_of(run, name) for name in _STACKED)


def _dates(runs: Sequence[Mapping[str, Any]]) -> str:
    ends = ((_LEFT, "start", runs[0]), (_WIDTH - _RIGHT, "end", runs[-1]))
    return "".join(
        f'<text x="{across}" y="196" text-anchor="{anchor}">{text(str(run.get("generated_at") or "")[:10])}</text>'
        for across, anchor, run in ends
    )


def _figures(runs: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        [
            text(run.get("generated_at")) or "–",
            percent(run.get("logged_percent")),
            percent(run.get("deliverable_percent")),
            *(number(_of(run, name)) for name in _STACKED),
        ]
        for run in reversed(runs)
    ]
    return table(
        ("Run", "#Logged", "#Deliverable", "#High", "#Medium", "#Low"),
        rows,
        "plain",
        "Coverage and findings of each run",
    )


# -- of what was accepted -----------------------------------------------------------------------------------------


def baseline(report: Mapping[str, Any]) -> str:
    """Return what the baseline accepted and what of it is out of date; nothing where none was given."""
    found = report["baseline"]
    if found is None:
        return ""
    told = f"{several(found['accepted'], 'finding is', 'findings are')} accepted."
    tables = [
        _entries("Expired: these count again", found.get("expired") or []),
        _entries("Unused: nothing like this was found", found.get("unused") or []),
    ]
    return section("baseline", "Accepted findings", f"<p>{told}</p>", *tables)


def _entries(title: str, entries: Sequence[Mapping[str, Any]]) -> str:
    if not entries:
        return ""
    rows = [
        [_matched(entry), text(entry.get("reason")), text(entry.get("owner")), text(entry.get("expires")) or "never"]
        for entry in entries
    ]
    head = ("What", "Reason", "Owner", "Until")
    made = folded(rows, lambda some: table(head, some, "plain", title), "entries")
    return f'<h3 class="plain">{title}</h3><div class="scroll">{made}</div>'


def _matched(entry: Mapping[str, Any]) -> str:
    told = ("reason", "owner", "expires")
    return " ".join(
        f"{text(name)} {code(value)}" for name, value in sorted(entry.items()) if name not in told and value
    )
