/* Copyright: (c) 2026, flowlogs.aws contributors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The script of the drift report page: filters, search, links to findings, copying of remedies. page.py removes this
 * first comment. The script loads nothing and creates no markup other than what the page already contains.
 */
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const form = $("filters"), search = $("search"), list = $("rows"), count = $("count"), more = $("more");
  if (!form) return;
  const BATCH = 200, FINDING = "finding-";
  const selects = [...form.querySelectorAll("select")];

  // The findings are in a noscript element, which is plain text with JavaScript. A finding becomes elements only when it
  // is shown, which keeps large reports fast. Nothing else becomes markup.
  const rows = $("packed").textContent.split("\n<li ").slice(1).map((rest) => ({
    markup: "<li " + rest,
    id: /id="finding-([^"]*)"/.exec(rest)?.[1],
    // The options of this finding, for each select in its order.
    keys: /data-k="([^"]*)"/.exec(rest)[1].split(".").map((key) => "," + key + ","),
    text: null,
    element: null,
  }));
  let matching = rows;

  const CHARACTERS = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&#x27;": "'", "&amp;": "&"};
  const plain = (markup) => markup.replace(/<[^>]*>/g, " ").replace(/&[^;]+;/g, (name) => CHARACTERS[name] ?? name);
  const textOf = (row) => (row.text ??= plain(row.markup).toLowerCase());

  function elementOf(row) {
    if (row.element) return row.element;
    const template = document.createElement("template");
    template.innerHTML = row.markup;
    row.element = template.content.firstElementChild;
    for (const box of row.element.querySelectorAll(".cmd")) addCopying(box);
    return row.element;
  }

  function addCopying(box) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", () => copy(button));
    box.classList.add("has");
    box.append(button);
  }

  async function copy(button) {
    const code = button.parentElement.querySelector("code");
    try {
      await navigator.clipboard.writeText(code.textContent);
    } catch {
      getSelection().selectAllChildren(code);
      document.execCommand("copy");
    }
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  }

  // Shows this many of the matching findings. Elements that exist are used again.
  function show(number) {
    list.replaceChildren(...matching.slice(0, number).map(elementOf));
    const rest = matching.length - list.children.length;
    more.hidden = !rest;
    more.textContent = "Show " + Math.min(rest, BATCH) + " more of " + rest.toLocaleString("en");
  }

  function apply() {
    const wanted = selects.map((select) => select.selectedIndex && "," + select.selectedIndex + ",");
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    matching = rows.filter((row) => wanted.every((key, at) => !key || row.keys[at].includes(key))
      && words.every((word) => textOf(row).includes(word)));
    show(BATCH);
    const all = rows.length.toLocaleString("en") + (rows.length === 1 ? " finding" : " findings");
    count.textContent = matching.length === rows.length ? all : matching.length.toLocaleString("en") + " of " + all;
    $("reset").disabled = !search.value && selects.every((select) => !select.selectedIndex);
    for (const select of selects) select.classList.toggle("set", select.selectedIndex > 0);
  }

  function fill(parameters) {
    search.value = parameters.get(search.name) ?? "";
    for (const select of selects) {
      const value = parameters.get(select.name) ?? "";
      select.selectedIndex = Math.max(0, [...select.options].findIndex((option) => option.value === value));
    }
  }

  let waiting = 0;

  function changed() {
    clearTimeout(waiting);
    apply();
    const fragment = new URLSearchParams();
    for (const field of [search, ...selects]) if (field.value) fragment.set(field.name, field.value);
    history.replaceState(null, "", fragment.size ? "#" + fragment : location.pathname + location.search);
  }

  function open(id) {
    const row = rows.find((one) => one.id === id);
    if (!row) return;
    // A finding that is not in the first batch is shown alone.
    if (!matching.slice(0, list.children.length).includes(row)) {
      fill(new URLSearchParams(rows.indexOf(row) < BATCH ? {} : {q: id}));
      apply();
    }
    list.querySelector(".linked")?.classList.remove("linked");
    row.element.classList.add("linked");
    row.element.firstElementChild.open = true;
    row.element.querySelector(".body").focus({preventScroll: true});
    row.element.scrollIntoView();
  }

  // Follows the fragment of the address: shows one finding, or those that match filters.
  function follow() {
    const fragment = location.hash.slice(1);
    if (fragment.startsWith(FINDING)) return open(fragment.slice(FINDING.length));
    if (!fragment.includes("=")) return;
    fill(new URLSearchParams(fragment));
    apply();
    $("findings").scrollIntoView();
    $("findings-title").focus({preventScroll: true});
  }

  search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(changed, 120); });
  form.addEventListener("change", (event) => { if (event.target !== search) changed(); });
  form.addEventListener("submit", (event) => { event.preventDefault(); changed(); });
  $("reset").addEventListener("click", () => { fill(new URLSearchParams()); changed(); search.focus(); });
  more.addEventListener("click", () => show(list.children.length + BATCH));
  addEventListener("hashchange", follow);

  for (const link of document.querySelectorAll("a[data-filter]")) link.href = "#" + link.dataset.filter;
  document.addEventListener("click", (event) => {
    // The browser sends no hashchange event for a link to the current address.
    const link = event.target.closest("a[data-filter], a[href^='#" + FINDING + "']");
    if (link && link.hash === location.hash) follow();
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && !event.target.matches("input, select")) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "Escape" && event.target === search && search.value) {
      search.value = "";
      changed();
    }
  });

  // A printed page shows all matching findings, unfolded.
  const styled = CSS.supports("selector(::details-content)");
  let before = null;
  addEventListener("beforeprint", () => {
    before = {shown: list.children.length, closed: []};
    show(matching.length);
    if (!styled) before.closed = [...document.querySelectorAll("details:not([open])")];
    for (const details of before.closed) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of before.closed) details.open = false;
    show(before.shown);
  });

  form.hidden = false;
  apply();
  follow();
})();
