"use strict";
// The data that the page carries: read when somebody asks for the first time.

const WORDS = { y: "yes", p: "partly", n: "no", u: "undecided", i: "yes, if", r: "no: resolver" };

let loaded = null;

function apiAt(number) {
  loaded ??= JSON.parse(document.getElementById("data").textContent).apis;
  return loaded[number];
}

function positionOf(api, coordinate) {
  api.positions ??= new Map(api.coordinates.map((name, at) => [name, at]));
  return api.positions.get(coordinate);
}

function cellOf(api, column, coordinate) {
  const at = positionOf(api, coordinate);
  return at === undefined ? undefined : api.cells[api.columns[column][at]];
}

function own(mapping, key) {
  return Object.hasOwn(mapping, key) ? mapping[key] : undefined;
}

function callerAt(api, column) {
  return api.callers.find((one) => one.column === column);
}

function operationOf(api, coordinate) {
  return own(api.operations, coordinate.split(".")[0]);
}

// Returns the fields of the types that a field's value may be of.
function fieldsBelow(api, coordinate) {
  const types = own(api.fields, coordinate)?.to ?? [];
  api.byType ??= Map.groupBy(api.coordinates, (name) => name.split(".")[0]);
  return types.flatMap((type) => api.byType.get(type) ?? []);
}

// Returns the coordinates on the way from a root field to the denied one, as the response path goes.
function wayTo(api, coordinate, cell) {
  let reached = [[coordinate]];
  for (const step of cell.path.split(".").slice(1)) {
    reached = reached.flatMap((way) =>
      fieldsBelow(api, way.at(-1))
        .filter((name) => name.split(".")[1] === step)
        .map((name) => [...way, name]),
    );
    reached = reached.slice(0, 500);
  }
  return reached.find((way) => way.at(-1) === cell.blocked) ?? [coordinate, cell.blocked];
}

// Returns the selection that asks for all of a way: `{ posts { ... on Post { views } } }`.
function selectionOf(api, way) {
  let text = "";
  for (const name of way.toReversed()) {
    const [type, field] = name.split(".");
    const above = way[way.indexOf(name) - 1];
    const returned = above && own(api.fields, above)?.type.replace(/[[\]!]/g, "");
    const inner = `${field}${text && ` { ${text} }`}`;
    text = returned && returned !== type ? `... on ${type} { ${inner} }` : inner;
  }
  const operation = operationOf(api, way[0]);
  return `${operation && operation !== "query" ? `${operation} ` : ""}{ ${text} }`;
}

// Returns what a client sees that is denied a field.
function answerTo(api, cell, coordinate) {
  const operation = operationOf(api, coordinate);
  return own(api.refusals, `${cell.reason} ${operation}`) ?? own(api.fields, coordinate)?.refused;
}

function openingOf(api, column, coordinate) {
  const at = own(api.openings, `${column} ${coordinate}`);
  return at === undefined ? undefined : api.fixes[at];
}

function addressOf(...parts) {
  return `#${parts.map(encodeURIComponent).join("/")}`;
}
