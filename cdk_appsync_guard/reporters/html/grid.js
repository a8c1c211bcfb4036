"use strict";
// The tables: a cell is reached by arrow keys or a click, and rows open to the fields below them.

const ENTER = ["Enter", " "];
const widths = new CSSStyleSheet();

// Makes blocks of a long table, so that the browser can leave out what is not in sight. Roles say what
// it stays: https://www.w3.org/WAI/ARIA/apg/patterns/grid/
function quicken(table) {
  const roles = { THEAD: "rowgroup", TBODY: "rowgroup", TR: "row", TD: "gridcell" };
  for (const one of table.querySelectorAll("thead, tbody, tr, td")) one.setAttribute("role", roles[one.tagName]);
  for (const one of table.querySelectorAll("th")) one.setAttribute("role", one.scope.startsWith("row") ? "rowheader" : "columnheader");
  fitWidths(table);
}

// Gives cells the widths and the tint of their sections: blocks have no columns that would.
function fitWidths(table) {
  const heads = [...table.tHead.rows[1].cells].slice(1);
  const cells = `#api-${numberOf(table)} .long tbody tr[data-field] > td`;
  const anonymous = heads.filter((head) => head.classList.contains("anonymous")).length;
  const others = heads.filter((head) => !head.classList.contains("iam")).length;
  widths.insertRule(`${cells}:nth-child(n + ${others + 2}) { width: var(--iam) }`);
  widths.insertRule(`${cells}:nth-child(-n + ${anonymous + 1}) { width: var(--anonymous); background-color: var(--open-tint) }`);
  fitSections(table);
}

// Gives each section the width of the columns that are left of it.
function fitSections(table) {
  const heads = [...table.tHead.rows[1].cells].slice(1).filter(isShown);
  for (const section of [...table.tHead.rows[0].cells].slice(1)) {
    const mine = heads.filter((head) => head.classList.contains(section.className));
    section.hidden = mine.length === 0;
    section.colSpan = Math.max(mine.length, 1);
    if (!table.classList.contains("long")) continue;
    const width = { anonymous: "anonymous", iam: "iam" }[section.className] ?? "plain";
    section.style.setProperty("width", `calc(${mine.length} * var(--${width}))`);
    section.style.setProperty("max-width", "none");
  }
}

function numberOf(place) {
  return Number(place.closest(".api").dataset.api);
}

// Returns the column of the matrix that a cell or a head stands in: sections may reorder them.
function columnOf(cell) {
  const heads = cell.closest("table").tHead.rows[1].cells;
  return Number(heads[cell.cellIndex].dataset.column);
}

function openCell(cell) {
  document.querySelector(".here")?.classList.remove("here");
  cell.classList.add("here");
  showCell(numberOf(cell), columnOf(cell), cell.parentElement.dataset.field);
}

function focusCell(cell) {
  if (!cell) return;
  for (const other of document.querySelectorAll(".matrix td[tabindex='0']")) other.tabIndex = -1;
  for (const other of document.querySelectorAll(".matrix th.at")) other.classList.remove("at");
  cell.tabIndex = 0;
  cell.closest("table").tHead.rows[1].cells[cell.cellIndex].classList.add("at");
  cell.focus();
}

function isShown(place) {
  return !place.hidden && getComputedStyle(place).display !== "none";
}

function shownRows(cell) {
  return [...cell.closest(".api").querySelectorAll(".matrix tr[data-field]")].filter((row) => !row.hidden);
}

// Returns the cell that a key leads to, undefined if there is none.
function cellTowards(cell, key, whole) {
  const row = cell.parentElement;
  const cells = [...row.cells].filter((one) => one.tagName === "TD" && isShown(one));
  const at = cells.indexOf(cell);
  if (key === "ArrowLeft") return cells[at - 1];
  if (key === "ArrowRight") return cells[at + 1];
  if (key === "Home" && !whole) return cells[0];
  if (key === "End" && !whole) return cells.at(-1);
  const rows = shownRows(cell);
  const steps = { ArrowUp: -1, ArrowDown: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity };
  const to = Math.min(Math.max(rows.indexOf(row) + steps[key], 0), rows.length - 1);
  return rows[to]?.cells[cell.cellIndex];
}

function moveByKey(event) {
  const cell = event.target.closest?.(".matrix tbody td");
  if (!cell || event.altKey || event.metaKey) return;
  if (ENTER.includes(event.key)) {
    event.preventDefault();
    openCell(cell);
  } else if (["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End"].includes(event.key)) {
    event.preventDefault();
    focusCell(cellTowards(cell, event.key, event.ctrlKey));
  }
}

function clickTable(event) {
  const table = event.target.closest(".matrix");
  if (!table) return;
  const toggle = event.target.closest(".toggle");
  const head = event.target.closest("thead th[data-column]");
  const cell = event.target.closest("tbody td");
  if (toggle) toggleRow(toggle);
  else if (head) {
    document.querySelector(".here")?.classList.remove("here");
    showCaller(numberOf(table), Number(head.dataset.column));
  } else if (cell) {
    focusCell(cell);
    openCell(cell);
  }
}

function toggleRow(toggle) {
  const row = toggle.closest("tr");
  const isOpen = toggle.getAttribute("aria-expanded") === "true";
  toggle.setAttribute("aria-expanded", String(!isOpen));
  if (isOpen) closeRow(row);
  else row.after(...rowsBelow(row));
}

function depthOf(row) {
  return Number(row.dataset.depth ?? 0);
}

function closeRow(row) {
  while (row.nextElementSibling && depthOf(row.nextElementSibling) > depthOf(row)) row.nextElementSibling.remove();
}

function rowsBelow(row) {
  const api = apiAt(numberOf(row));
  const heads = [...row.closest("table").tHead.rows[1].cells].slice(1);
  return fieldsBelow(api, row.dataset.field).map((name) => {
    const depth = depthOf(row) + 1;
    const field = own(api.fields, name);
    const cells = heads.map((head) => {
      const look = cellOf(api, Number(head.dataset.column), name).look;
      const first = head.classList.contains("first") ? " first" : "";
      return element("td", { class: look + first, tabindex: "-1" }, WORDS[look]);
    });
    const toggle = field?.to.length ? element("button", { class: "toggle", type: "button", "aria-expanded": "false", "aria-label": `Fields below ${name}` }) : null;
    const head = element("th", { scope: "row" }, toggle, element("span", { class: "name" }, name), " ", element("span", { class: "type" }, field?.type ?? ""));
    const made = element("tr", { class: "below", "data-field": name, "data-depth": depth }, head, cells);
    made.style.setProperty("--depth", depth);
    return made;
  });
}
