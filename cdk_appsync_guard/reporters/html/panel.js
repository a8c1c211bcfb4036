"use strict";
// The panel: why a cell is as it is, and what one caller can do.

const panel = document.getElementById("panel");
let comeFrom = null;

function openPanel(address, title, ...content) {
  if (panel.hidden) comeFrom = document.activeElement;
  const close = element("button", { class: "close", type: "button", "aria-label": "Close", onclick: closePanel }, "×");
  panel.replaceChildren(close, element("h2", { id: "panel-title" }, title), ...content.flat(Infinity).filter(Boolean));
  panel.hidden = false;
  panel.scrollTop = 0;
  document.body.classList.add("reading");
  history.replaceState(null, "", address);
  panel.focus({ preventScroll: true });
  document.querySelector(".here")?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function closePanel() {
  if (panel.hidden) return;
  panel.hidden = true;
  document.body.classList.remove("reading");
  document.querySelector(".here")?.classList.remove("here");
  history.replaceState(null, "", location.pathname + location.search);
  comeFrom?.focus();
}

function frameOf(api, at) {
  if (at === undefined || at === null) return null;
  const frame = api.frames[at];
  const lines = [];
  let before = null;
  for (const [number, text, marks] of frame.lines) {
    if (before !== null && number > before + 1) lines.push(element("span", { class: "line gap" }, element("i", {}, "⋮")));
    lines.push(element("span", { class: "line" }, element("i", {}, String(number ?? "")), marked(text, marks)));
    before = number;
  }
  const source = element("pre", {}, lines);
  return element("div", { class: "frame" }, element("p", { class: "where" }, frame.place), source);
}

function marked(text, marks) {
  const parts = [];
  let end = 0;
  for (const [start, length] of marks) {
    parts.push(text.slice(end, start), element("mark", {}, text.slice(start, start + length)));
    end = start + length;
  }
  return [...parts, text.slice(end)];
}

function part(title, ...content) {
  const shown = content.flat(Infinity).filter(Boolean);
  return shown.length ? [element("h3", {}, title), ...shown] : [];
}

function paragraph(text) {
  return text ? element("p", {}, sentence(text)) : null;
}

function verdict(look, words) {
  return element("p", { class: "verdict" }, sign(look), words);
}

function showCell(number, column, coordinate) {
  const api = apiAt(number);
  const [caller, cell] = [callerAt(api, column), cellOf(api, column, coordinate)];
  if (!caller || !cell) return;
  const target = cell.blocked && cell.look === "p" ? cell.blocked : coordinate;
  const decided = cellOf(api, column, target) ?? cell;
  const denied = decided.look === "n" || decided.look === "r";
  const title = [caller.label, " · ", element("code", {}, coordinate)];
  openPanel(
    addressOf(api.name, coordinate, caller.id),
    title,
    verdict(cell.look, WORDS[cell.look]),
    changeOf(api, column, coordinate),
    cell.path ? shortestWay(api, coordinate, cell) : null,
    part("Why", paragraph(whyOf(caller, decided, cell, target)), policiesOf(api, column, coordinate), frameOf(api, decided.frame ?? cell.frame), frameOf(api, own(api.fields, target)?.frame)),
    denied ? part("What the client sees", element("p", {}, answerTo(api, decided, target) ?? "")) : null,
    denied ? opening(api, column, target) : null,
    part("This caller", storyLink(number, column, caller)),
  );
}

function whyOf(caller, decided, cell, target) {
  if (decided.look === "y") return "A directive admits the caller, or nothing restricts the field";
  const leaves = "leave the mode out";
  const words = (decided.words || cell.words).replace(leaves, `leave \`${caller.mode}\` out`).replace(/^it /, `\`${target}\`: it `).replace(/^its /, `\`${target}\`: its `);
  return cell.reason === "nothing-below" ? `Nothing that the field returns can be read. ${words}` : words;
}

function changeOf(api, column, coordinate) {
  const change = own(api.changes, `${column} ${coordinate}`);
  if (!change) return null;
  const [kind, before, after] = change;
  return element("p", { class: `change ${kind}` }, `${kind}: was ${before}, is ${after}`);
}

function shortestWay(api, coordinate, cell) {
  const way = wayTo(api, coordinate, cell);
  const steps = way.map((name) => element("li", {}, element("code", {}, name)));
  const asks = element("p", { class: "where" }, "asked by ", element("code", {}, selectionOf(api, way)));
  return part("The shortest way to a denied field", element("ol", { class: "way" }, steps), asks);
}

function policiesOf(api, column, coordinate) {
  const caller = callerAt(api, column);
  if (caller.mode !== "AWS_IAM" || caller.id === "AWS_IAM" || !operationOf(api, coordinate)) return [];
  const speaking = (api.policies[column] ?? []).flatMap((one) => {
    const names = (fields) => fields === "*" || fields.includes(coordinate);
    const perhaps = names(one.possible);
    if (!perhaps && !names(one.certain)) return [];
    const words = `${one.effect === "Deny" ? "denies" : "allows"} it${perhaps ? ", perhaps" : ""}`;
    return [element("p", {}, "Policy ", element("code", {}, one.policy), ` ${words}`), frameOf(api, one.frame)];
  });
  return speaking.length ? speaking : [element("p", {}, "No statement of its policies speaks of the field.")];
}

function opening(api, column, target) {
  const fix = openingOf(api, column, target);
  if (!fix) return null;
  const edits = fix.edits.map(([place, before, after]) =>
    element(
      "div",
      { class: "edit" },
      element("p", { class: "where" }, place),
      element("pre", { class: "frame" }, before ? element("del", {}, before) : null, element("ins", {}, after)),
    ),
  );
  return part("If this caller is meant to get in", paragraph(fix.text), edits);
}

function storyLink(number, column, caller) {
  const ask = `What can ${plain(caller.asks)} do?`;
  return element("button", { class: "link", type: "button", onclick: () => showCaller(number, column) }, ask);
}

function plain(text) {
  return text.replaceAll("`", "");
}

function showCaller(number, column) {
  const api = apiAt(number);
  const caller = callerAt(api, column);
  if (!caller) return;
  openPanel(
    addressOf(api.name, "", caller.id),
    `What can ${plain(caller.asks)} do?`,
    element("p", { class: "lead" }, gist(api, column)),
    ["query", "mutation", "subscription"].map((operation) => chapter(number, api, column, operation)),
    notAllowed(number, api, column),
  );
}

// Returns the story in a sentence: how much is open, how much of it only in part, and what is not known.
function gist(api, column) {
  const looks = api.rows.map((name) => cellOf(api, column, name).look);
  const count = (some) => looks.filter((look) => some.includes(look)).length;
  const [open, partly, unsure] = [count("yp"), count("p"), count("ui")];
  const more = [partly && `${partly} of them only in part`, unsure && `${unsure} undecided`].filter(Boolean);
  return `${open} of ${looks.length} fields are open${more.map((one) => `, ${one}`).join("")}.`;
}

function rowsOf(api, operation) {
  return api.rows.filter((name) => (operationOf(api, name) ?? "other") === operation);
}

function chapter(number, api, column, operation) {
  const names = rowsOf(api, operation);
  if (!names.length) return null;
  const open = names.filter((name) => !"nr".includes(cellOf(api, column, name).look));
  const title = { query: "Read", mutation: "Write", subscription: "Subscribe" }[operation];
  const items = open.map((name) => item(number, api, column, name));
  const list = items.length ? element("ul", { class: "fields" }, items) : element("p", {}, "Nothing.");
  return part(`${title}: ${open.length} of ${names.length}`, list);
}

function notAllowed(number, api, column) {
  const names = api.rows.filter((name) => "nr".includes(cellOf(api, column, name).look));
  const reasons = Map.groupBy(names, (name) => cellOf(api, column, name).words);
  return [...reasons].map(([words, some]) =>
    part(`Denied: ${some.length}`, paragraph(words), element("ul", { class: "fields" }, some.map((name) => item(number, api, column, name)))),
  );
}

function item(number, api, column, name) {
  const cell = cellOf(api, column, name);
  const more = "pui".includes(cell.look) && cell.words ? element("span", { class: "more" }, prose(cell.words)) : null;
  const go = element("button", { type: "button", onclick: () => showCell(number, column, name) }, sign(cell.look), element("code", {}, name), more);
  return element("li", {}, go);
}
