"use strict";
// The two filters of an API: rows whose name or signs hold every word, columns whose caller does.

const sheet = new CSSStyleSheet();
document.adoptedStyleSheets = [widths, sheet];

function wordsIn(text) {
  return text.toLowerCase().split(/\s+/).filter(Boolean);
}

function filterRows(api, words) {
  const rows = [...api.querySelectorAll(".matrix tr[data-field]")];
  for (const row of rows) {
    const text = textOfRow(row);
    row.hidden = !words.every((word) => text.includes(word));
  }
  for (const group of api.querySelectorAll(".matrix tbody, .part")) {
    group.hidden = ![...group.querySelectorAll("tr[data-field]")].some((row) => !row.hidden);
  }
  const shown = rows.filter((row) => !row.hidden).length;
  api.querySelector(".shown").textContent = words.length ? `${shown} of ${rows.length} fields` : "";
}

function textOfRow(row) {
  return (row.filterText ??= [row.dataset.field, row.textContent].join(" ").toLowerCase());
}

// Hides columns by a style, which is one change however many rows there are.
function filterColumns(api, words) {
  const heads = [...api.querySelector(".matrix").tHead.rows[1].cells].slice(1);
  const hidden = heads.filter((head) => !words.every((word) => head.textContent.toLowerCase().includes(word)));
  const number = api.dataset.api;
  const rules = hidden.map((head) => `#api-${number} .matrix tr > :nth-child(${head.cellIndex + 1}):is([data-column], td:not(thead td))`);
  for (const rule of [...sheet.cssRules].map((_, at) => at).reverse()) {
    if (sheet.cssRules[rule].selectorText.includes(`#api-${number} `)) sheet.deleteRule(rule);
  }
  if (rules.length) sheet.insertRule(`${rules.join(",")} { display: none }`);
  for (const table of api.querySelectorAll(".matrix")) fitSections(table);
}

function startFilters(api) {
  const tools = api.querySelector(".tools");
  if (!tools) return;
  tools.hidden = false;
  for (const [name, apply] of [["fields", filterRows], ["callers", filterColumns]]) {
    const input = tools.querySelector(`.filter-${name}`);
    input.addEventListener("input", () => apply(api, wordsIn(input.value)));
  }
}
