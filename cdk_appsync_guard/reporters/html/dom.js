"use strict";
// Values → elements. Nothing here reads HTML, and the page's policy forbids it: a name stays a name.

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (key === "class") made.className = value;
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== undefined && value !== null) made.setAttribute(key, value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return made;
}

// Returns a sentence whose names in backticks are code.
function prose(text) {
  const parts = text.split("`");
  return parts.map((part, at) => (at % 2 && at < parts.length - 1 ? element("code", {}, part) : part));
}

function sentence(text) {
  const end = /[.!?]$/.test(text) ? "" : ".";
  return prose(text.charAt(0).toUpperCase() + text.slice(1) + end);
}

function sign(look) {
  return element("span", { class: `sign ${look}`, "aria-hidden": "true" });
}
