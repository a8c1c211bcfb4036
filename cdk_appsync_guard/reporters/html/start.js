"use strict";
// What the page does when it is opened, and when its address changes.

function startTables() {
  for (const table of document.querySelectorAll(".matrix")) {
    table.setAttribute("role", "grid");
    if (table.classList.contains("long")) quicken(table);
  }
  for (const api of document.querySelectorAll(".api")) {
    const first = api.querySelector(".matrix tbody td");
    if (first) first.tabIndex = 0;
    startFilters(api);
  }
  document.addEventListener("click", clickTable);
  document.addEventListener("keydown", moveByKey);
  document.addEventListener("keydown", pressKey);
  document.addEventListener("focusin", (event) => {
    const cell = event.target.closest?.(".matrix tbody td");
    if (cell && cell.tabIndex !== 0) focusCell(cell);
  });
}

function pressKey(event) {
  if (event.key === "Escape" && !panel.hidden) closePanel();
  else if (event.key === "/" && !/^(INPUT|TEXTAREA)$/.test(event.target.tagName)) {
    const input = document.querySelector(".filter-fields");
    if (!input) return;
    event.preventDefault();
    input.focus();
  }
}

// Opens what the address names: `#Api/Query.field/caller`, or `#Api//caller` for all that it can do.
function followAddress() {
  const parts = location.hash.slice(1).split("/").map(decode);
  if (parts.length !== 3) return;
  const [name, coordinate, id] = parts;
  for (const place of document.querySelectorAll(".api")) {
    const api = apiAt(numberOf(place));
    const caller = api.name === name && api.callers?.find((one) => one.id === id);
    if (!caller) continue;
    const row = [...place.querySelectorAll(".matrix tr[data-field]")].find((one) => one.dataset.field === coordinate);
    const at = row && [...row.closest("table").tHead.rows[1].cells].findIndex((head) => head.dataset.column === String(caller.column));
    if (row) {
      row.scrollIntoView({ block: "center" });
      focusCell(row.cells[at]);
      openCell(row.cells[at]);
    } else if (coordinate) showCell(numberOf(place), caller.column, coordinate);
    else showCaller(numberOf(place), caller.column);
    return;
  }
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

// A finding that the address names is opened, and all of them to be printed.
function openDetails() {
  const named = document.getElementById(decode(location.hash.slice(1)));
  named?.closest("details")?.setAttribute("open", "");
  named?.scrollIntoView();
}

startTables();
followAddress();
openDetails();
addEventListener("hashchange", () => {
  followAddress();
  openDetails();
});
addEventListener("beforeprint", () => {
  for (const one of document.querySelectorAll("details")) one.open = true;
});
