# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the report's page looks: light, dark, narrow, on paper. PRIVATE to this collection.

Colours have a meaning in one place each: ``--high`` ... ``--ok`` for severities, ``--s-*`` for the state of targets,
``--h0`` ... ``--h5`` for the steps of the heat map, which goes from orange (nothing is logged) to blue (all is) so that
it can be told by everybody. Nothing is told by colour alone. Text has a contrast of at least 4.5 to 1 on its ground.
"""

from __future__ import annotations

STYLE = r"""
:root {
  color-scheme: light dark;
  --ground: #f4f6f8; --sheet: #ffffff; --sunken: #f0f3f6; --ink: #18212c; --quiet: #536070; --line: #dbe1e8;
  --link: #0a58a8; --focus: #0a58a8; --mark: #fff4ce;
  --high: #b3261e; --medium: #8f5200; --low: #3a5f94; --info: #536070; --ok: #17694d; --unknown: #6b3fa0;
  --high-ground: #fdecea; --medium-ground: #fff3e0; --low-ground: #e9f0fa; --info-ground: #eef1f4;
  --ok-ground: #e5f5ee; --unknown-ground: #f3ecfb;
  --s-in_sync: #1f8a68; --s-drifted: #e0a020; --s-missing: #c9391f; --s-failing: #a8438c; --s-ignored: #a9b3bf;
  --s-unknown: #cdb9e8; --s-stripe: #6b3fa0;
  --h0: #b8431a; --h0-ink: #ffffff; --h1: #e58a4e; --h1-ink: #18212c; --h2: #f6cfae; --h2-ink: #18212c;
  --h3: #dce8f4; --h3-ink: #18212c; --h4: #b4d2ee; --h4-ink: #18212c; --h5: #3f86c6; --h5-ink: #0b1219;
  --body: "Inter", system-ui, -apple-system, "Segoe UI", "Roboto", "Noto Sans", "Liberation Sans", Arial, sans-serif;
  --fixed: "JetBrains Mono", ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0e141b; --sheet: #161e27; --sunken: #1d2732; --ink: #e4eaf1; --quiet: #a2afbd; --line: #2b3744;
    --link: #82bbff; --focus: #82bbff; --mark: #3d3413;
    --high: #ff9a8f; --medium: #f3b862; --low: #a3c3f2; --info: #a2afbd; --ok: #6fd3ab; --unknown: #cbaaf7;
    --high-ground: #3a1b1a; --medium-ground: #35270f; --low-ground: #1b2b42; --info-ground: #232e3a;
    --ok-ground: #12332a; --unknown-ground: #2c2140;
    --s-in_sync: #37a884; --s-drifted: #e3ab3c; --s-missing: #ec6a4c; --s-failing: #cf78b6; --s-ignored: #5d6977;
    --s-unknown: #453362; --s-stripe: #cbaaf7;
    --h0: #d9622f; --h0-ink: #0b1219; --h1: #a9552a; --h1-ink: #ffffff; --h2: #5e3a24; --h2-ink: #f3e6dc;
    --h3: #1d3044; --h3-ink: #dbe7f3; --h4: #22476b; --h4-ink: #e4eaf1; --h5: #2f6fae; --h5-ink: #ffffff;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 3.25rem; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 400 0.875rem/1.5 var(--body);
  font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%; }
h1, h2, h3, p, ul, dl, dd, figure, table, pre { margin: 0; padding: 0; }
h1 { font-size: 1.0625rem; font-weight: 650; letter-spacing: -0.01em; }
h2 { font-size: 1.0625rem; font-weight: 650; letter-spacing: -0.01em; }
h3 { font-size: 0.875rem; font-weight: 600; }
a { color: var(--link); text-underline-offset: 0.15em; text-decoration-thickness: 1px; }
code, pre { font-family: var(--fixed); font-size: 0.8125rem; font-variant-ligatures: none; }
code, .long { overflow-wrap: anywhere; }
ul { list-style: none; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 3px; }
[hidden] { display: none !important; }
.vh { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: 0.5rem; top: -4rem; z-index: 9; background: var(--sheet); padding: 0.5rem 1rem; }
.skip:focus { top: 0.5rem; }
.quiet { color: var(--quiet); }
.page { max-width: 84rem; margin: 0 auto; padding: 0 1.5rem; }

header { background: var(--sheet); border-bottom: 1px solid var(--line); position: sticky; top: 0; z-index: 5; }
header .page { display: flex; align-items: center; gap: 0.25rem 1.5rem; min-height: 2.75rem; }
header time { color: var(--quiet); white-space: nowrap; }
header nav { margin-left: auto; overflow-x: auto; }
header ul { display: flex; gap: 1.125rem; white-space: nowrap; padding: 0.25rem; }
header nav a { color: var(--ink); text-decoration: none; }
header nav a:hover { color: var(--link); text-decoration: underline; }
header nav b { font-weight: 500; color: var(--quiet); margin-left: 0.2rem; }

main.page { padding-top: 1.25rem; padding-bottom: 3rem; display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.25rem; }
section { background: var(--sheet); border: 1px solid var(--line); border-radius: 8px; padding: 1rem 1.25rem 1.125rem; }
section > h2 + p { margin-top: 0.125rem; max-width: 60rem; }
.pair { display: grid; gap: 1.25rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); }

.verdict { padding: 0; overflow: hidden; }
.said { display: flex; gap: 1rem; align-items: center; padding: 1.125rem 1.25rem; border-left: 6px solid var(--tone);
  background: var(--tone-ground); }
.said svg { flex: none; fill: var(--tone); }
.said h2 { font-size: 1.375rem; line-height: 1.25; color: var(--tone); }
.said p { margin-top: 0.25rem; font-size: 0.9375rem; }
.v-drift { --tone: var(--high); --tone-ground: var(--high-ground); }
.v-unknown { --tone: var(--unknown); --tone-ground: var(--unknown-ground); }
.v-in_sync { --tone: var(--ok); --tone-ground: var(--ok-ground); }
.v-nothing_checked { --tone: var(--medium); --tone-ground: var(--medium-ground); }

.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(7.5rem, 1fr)); border-top: 1px solid var(--line); }
.tiles li { border-right: 1px solid var(--line); margin-right: -1px; }
.tiles a, .tiles span.tile { display: block; padding: 0.75rem 1.25rem; color: inherit; text-decoration: none; height: 100%; }
.tiles a:hover { background: var(--sunken); }
.tiles b { display: block; font-size: 1.625rem; line-height: 1.2; font-weight: 600; letter-spacing: -0.02em; }
.tiles .zero b { color: var(--quiet); font-weight: 400; }
.tiles small { font-size: 0.8125rem; color: var(--quiet); display: block; }
.states { padding: 0.875rem 1.25rem 1rem; border-top: 1px solid var(--line); }
svg.bar { display: block; width: 100%; border-radius: 3px; background: var(--sunken); }
.s-in_sync { fill: var(--s-in_sync); } .s-drifted { fill: var(--s-drifted); } .s-missing { fill: var(--s-missing); }
.s-failing { fill: var(--s-failing); } .s-ignored { fill: var(--s-ignored); } .s-unknown { fill: url(#stripes); }
.stripe-ground { fill: var(--s-unknown); } .stripe { stroke: var(--s-stripe); stroke-width: 2; }
.key { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin-top: 0.5rem; color: var(--quiet); font-size: 0.8125rem; }
.key li { display: flex; align-items: center; gap: 0.4rem; }
.key b { color: var(--ink); font-weight: 600; }

.gaps { border-color: var(--unknown); border-left-width: 6px; }
.gaps h2 { color: var(--unknown); }
.gaps td { white-space: nowrap; }
.gaps td, .gaps thead th + th { padding-left: 1rem; }
.gaps tbody th { font-weight: 400; font-size: inherit; color: var(--ink); }

table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.4rem 0.75rem 0.4rem 0; }
th { font-weight: 500; color: var(--quiet); font-size: 0.8125rem; }
thead th { border-bottom: 1px solid var(--line); white-space: nowrap; }
tbody tr + tr > * { border-top: 1px solid var(--line); }
td.n, th.n { text-align: right; white-space: nowrap; }
td.n { padding-left: 0.5rem; }
.zero { color: var(--quiet); }
.plain { margin-top: 0.625rem; }
.scroll { overflow: auto; max-width: 100%; position: relative; }
.part th[scope=row] { font-family: var(--fixed); color: var(--ink); font-weight: 400; overflow-wrap: anywhere; min-width: 9.5rem; }
.part td > svg { margin-top: 0.4rem; min-width: 6rem; }
.part td:nth-child(4) { width: 40%; }

.heat { border-collapse: separate; border-spacing: 3px; }
.scroll.map { max-height: 34rem; margin: 0.625rem -3px 0; }
.heat th, .heat td { border: 0 !important; padding: 0; }
.heat thead th { position: sticky; top: 0; background: var(--sheet); z-index: 2; padding: 0.25rem; text-align: center; }
.heat th[scope=row] { position: sticky; left: 0; width: 1%; background: var(--sheet); z-index: 1; padding: 0 0.75rem 0 3px;
  white-space: nowrap; vertical-align: middle; color: var(--ink); font-family: var(--fixed); font-weight: 400; }
.heat thead th:first-child { left: 0; z-index: 3; text-align: left; }
.heat tr.sum > th { font-family: inherit; font-weight: 600; }
.cell { display: block; min-width: 7rem; padding: 0.3125rem 0.5rem; border-radius: 4px; text-align: center; text-decoration: none;
  line-height: 1.25; white-space: nowrap; }
.cell b { display: block; font-weight: 600; font-size: 0.9375rem; }
.cell small { display: block; font-size: 0.75rem; }
a.cell:hover { outline: 2px solid var(--focus); outline-offset: 1px; }
.h0 { background: var(--h0); color: var(--h0-ink); } .h1 { background: var(--h1); color: var(--h1-ink); }
.h2 { background: var(--h2); color: var(--h2-ink); } .h3 { background: var(--h3); color: var(--h3-ink); }
.h4 { background: var(--h4); color: var(--h4-ink); } .h5 { background: var(--h5); color: var(--h5-ink); }
.hn { color: var(--quiet); }
.sum .cell, .cell.sum { background: none; color: var(--ink); box-shadow: inset 0 0 0 1px var(--line); }
.doubt { box-shadow: inset 0 0 0 2px var(--unknown) !important; }
.swatch { display: inline-block; width: 1.75rem; height: 0.875rem; border-radius: 3px; }

.moves { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 14rem), 1fr)); margin-top: 0.625rem; }
.moves > :last-child { grid-column: 1 / -1; }
.moves h3 b { font-size: 1.25rem; font-weight: 600; margin-right: 0.35rem; }
.moves li { padding: 0.2rem 0; border-top: 1px solid var(--line); font-size: 0.8125rem; }
.moves ul { margin-top: 0.375rem; }
.more { margin-top: 0.5rem; }
.more > summary, .link { color: var(--link); cursor: pointer; width: fit-content; }

.trend svg { width: 100%; height: auto; min-width: 26rem; display: block; }
.trend text { fill: var(--quiet); font: 11px var(--body); }
.trend .now { fill: var(--ink); font-weight: 600; }
.axis { stroke: var(--line); } .curve { fill: none; stroke: var(--h5); stroke-width: 2.5; stroke-linejoin: round; }
.point { fill: var(--h5); stroke: var(--sheet); stroke-width: 1.5; }
.t-high { fill: var(--s-missing); } .t-medium { fill: var(--s-drifted); } .t-low { fill: var(--h4); }

#filters { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: 0.5rem 0.75rem; margin-top: 0.75rem;
  align-items: end; }
#filters .wide { grid-column: span 2; }
label { display: block; font-size: 0.75rem; font-weight: 500; color: var(--quiet); margin-bottom: 0.15rem; }
input, select, button { font: inherit; color: var(--ink); background: var(--sheet); border: 1px solid #7d8997; border-radius: 5px;
  padding: 0.3125rem 0.5rem; min-height: 2.125rem; }
input, select { width: 100%; }
select { text-overflow: ellipsis; }
select.set { border-color: var(--link); box-shadow: inset 0 0 0 1px var(--link); }
button { cursor: pointer; padding: 0.25rem 0.75rem; }
button:hover { background: var(--sunken); }
kbd { font: 500 0.6875rem var(--fixed); border: 1px solid var(--line); border-radius: 3px; padding: 0 0.3rem; }
#count { margin: 0.75rem 0 0; font-weight: 500; }
.rows { margin: 0.5rem -1.25rem 0; border-top: 1px solid var(--line); }
.rows > li { border-bottom: 1px solid var(--line); }
@media (scripting: none) { .rows > li { content-visibility: auto; contain-intrinsic-size: auto 2.25rem; } }
.rows > li:last-child { border-bottom: 0; }
.rows summary, .head { display: grid; grid-template-columns: 6.25rem 9.5rem minmax(0, 2.2fr) 8.25rem 8.75rem minmax(0, 1.1fr);
  gap: 0 0.75rem; padding: 0.4375rem 1.25rem; align-items: baseline; }
.head { margin: 0.5rem -1.25rem -0.5rem; color: var(--quiet); font-size: 0.8125rem; font-weight: 500; }
.rows summary { cursor: pointer; list-style: none; }
.rows summary::-webkit-details-marker { display: none; }
.rows summary::after { content: "\203A" / ""; position: absolute; right: 0.75rem; top: 0.5rem; color: var(--quiet); font-size: 1.125rem; line-height: 1; }
.rows details[open] > summary::after { transform: rotate(90deg); }
.rows summary { position: relative; }
.rows summary:hover, .rows details[open] > summary { background: var(--sunken); }
.rows summary:focus-visible { outline-offset: -2px; }
.rows summary > * { min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.rows details[open] > summary > * { white-space: normal; overflow-wrap: anywhere; }
.sev { font-weight: 600; }
.sev::before { display: inline-block; width: 1.15em; font-weight: 400; }
.high { color: var(--high); } .medium { color: var(--medium); } .low { color: var(--low); }
.info { color: var(--info); } .ok { color: var(--ok); }
.high::before { content: "\25B2" / ""; } .medium::before { content: "\25C6" / ""; } .low::before { content: "\25BC" / ""; }
.info::before { content: "\25CB" / ""; } .ok::before { content: "\2713" / ""; }
.badge { font-size: 0.6875rem; font-weight: 600; border: 1px solid currentColor; border-radius: 3px; padding: 0 0.25rem; margin-left: 0.35rem;
  color: var(--link); }
.f-unknown, .f-not_evaluated { color: var(--unknown); font-weight: 600; }
.body:focus { outline: none; }
#more { margin-top: 0.75rem; }
.body { padding: 0.625rem 1.25rem 1rem 1.25rem; display: grid; gap: 0.75rem; grid-template-columns: minmax(0, 1fr);
  scroll-margin-top: 6rem; border-left: 3px solid transparent; }
.body:target, .linked .body { border-left-color: var(--link); background: var(--mark); }
.facts { display: flex; flex-wrap: wrap; gap: 0.25rem 1.75rem; }
.facts dt, .label { font-size: 0.75rem; font-weight: 500; color: var(--quiet); display: block; }
.facts div { min-width: 0; max-width: 100%; }
.body p { max-width: 68rem; white-space: pre-line; overflow-wrap: anywhere; }
.diff { table-layout: fixed; border: 1px solid var(--line); border-radius: 5px; border-collapse: separate; border-spacing: 0; }
.diff th, .diff td { padding: 0.375rem 0.75rem; overflow-wrap: anywhere; background: var(--sheet); }
.diff thead th:first-child { width: 22%; }
.diff tbody th { color: var(--ink); font-family: var(--fixed); font-weight: 400; }
.diff tr > :first-child { border-radius: 5px 0 0 5px; } .diff tr > :last-child { border-radius: 0 5px 5px 0; }
.diff td + td { border-left: 1px solid var(--line); }
del, ins { text-decoration: none; border-radius: 3px; padding: 0 0.25em; }
del { background: var(--high-ground); color: var(--high); } ins { background: var(--ok-ground); color: var(--ok); }
del::before { content: "\2212\2009" / "removed "; } ins::before { content: "+\2009" / "added "; }
.cmd { position: relative; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--sunken); border: 1px solid var(--line); border-radius: 5px;
  padding: 0.5rem 0.75rem; line-height: 1.5; }
.cmd.has pre { padding-right: 5.5rem; }
.cmd button { position: absolute; right: 0.375rem; top: 0.3125rem; min-height: 1.625rem; padding: 0 0.625rem; font-size: 0.8125rem; }
footer.page { color: var(--quiet); font-size: 0.8125rem; padding-bottom: 2rem; }

@media (max-width: 60rem) {
  .rows summary { grid-template-columns: 7rem 9rem minmax(0, 1fr); row-gap: 0.125rem; }
  .rows summary > :nth-child(n+4) { color: var(--quiet); font-size: 0.8125rem; }
  .head { display: none; }
}
@media (max-width: 40rem) {
  .page { padding: 0 0.75rem; }
  section { padding: 0.875rem 0.875rem 1rem; }
  header { position: static; }
  header .page { flex-wrap: wrap; padding-top: 0.5rem; padding-bottom: 0.375rem; }
  header nav { margin: 0; width: 100%; }
  html { scroll-padding-top: 0.5rem; }
  .verdict { padding: 0; }
  .said { padding: 1rem 0.875rem; align-items: flex-start; }
  .tiles { grid-template-columns: 1fr 1fr; }
  .tiles a, .tiles span.tile { padding: 0.5rem 0.875rem; }
  .tiles li { border-bottom: 1px solid var(--line); margin-bottom: -1px; }
  #filters { grid-template-columns: 1fr 1fr; }
  .rows { margin: 0.5rem -0.875rem 0; }
  .rows summary { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); padding: 0.5rem 0.875rem; }
  .rows summary > :nth-child(3), .rows summary > :nth-child(6) { grid-column: 1 / -1; }
  .body { padding: 0.5rem 0.875rem 0.875rem; }
  .diff thead th:first-child { width: 30%; }
  .diff th, .diff td { padding: 0.375rem 0.5rem; }
  .part tr > :nth-child(6) { display: none; }
  .stack tr { display: block; padding: 0.375rem 0; }
  .stack tr > * { display: block; border: 0 !important; padding: 0.1rem 0 !important; text-align: left !important; }
  .stack thead { display: none; } .stack tr + tr { border-top: 1px solid var(--line); }
}
@media (forced-colors: active) { .cell, .swatch, svg { forced-color-adjust: none; } }
@media print {
  :root { color-scheme: light;
    --ground: #fff; --sheet: #fff; --sunken: #f4f6f8; --ink: #000; --quiet: #444; --line: #c5ccd4; --link: #000; --mark: #fff;
    --high: #b3261e; --medium: #8f5200; --low: #3a5f94; --info: #444; --ok: #17694d; --unknown: #6b3fa0;
    --high-ground: #fdecea; --medium-ground: #fff3e0; --ok-ground: #e5f5ee; --unknown-ground: #f3ecfb;
    --s-in_sync: #1f8a68; --s-drifted: #e0a020; --s-missing: #c9391f; --s-failing: #a8438c; --s-ignored: #a9b3bf;
    --s-unknown: #cdb9e8; --s-stripe: #6b3fa0;
    --h0: #b8431a; --h0-ink: #fff; --h1: #e58a4e; --h1-ink: #000; --h2: #f6cfae; --h2-ink: #000;
    --h3: #dce8f4; --h3-ink: #000; --h4: #b4d2ee; --h4-ink: #000; --h5: #3f86c6; --h5-ink: #000; }
  @page { margin: 14mm 12mm; }
  html { font-size: 9.5pt; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  header { position: static; border: 0; } header nav, .skip, #filters, .screen, .cmd button { display: none !important; }
  .page { max-width: none; padding: 0; }
  section { border-color: var(--line); break-inside: auto; }
  .scroll, .scroll.map { overflow: visible; max-height: none; }
  .cell { min-width: 0; padding: 0.2rem 0.3rem; }
  h2, h3, thead, summary { break-after: avoid; } tr, .tiles, .said { break-inside: avoid; }
  .rows > li { content-visibility: visible; break-inside: avoid; }
  .rows summary > * { white-space: normal; overflow-wrap: anywhere; }
  .cmd.has pre { padding-right: 0.75rem; }
  .rows summary { padding-top: 0.25rem; padding-bottom: 0.125rem; grid-template-columns: 8.5rem 9rem minmax(0, 1fr); }
  .rows summary::after { content: none; }
  .body { padding-top: 0.125rem; padding-bottom: 0.5rem; gap: 0.375rem; }
  .heat, .trend { break-inside: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; }
  details > summary { break-after: avoid; }
  .more > summary { display: none; }
  a { text-decoration: none; color: inherit; }
}
"""
