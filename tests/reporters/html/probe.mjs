// Opens pages in a browser, uses them as a person does, and prints what it saw as JSON.
//   node probe.mjs CHROMIUM MODULES FOLDER
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [executablePath, modules, folder] = process.argv.slice(2);
const require = createRequire(`${modules}/`);
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const seen = { pages: {} };

// Returns a page in which whatever goes wrong is written down.
async function open(name, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const wrong = ((seen.pages[name] ??= {}).wrong ??= []);
  page.on("console", (message) => wrong.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (!request.url().startsWith("file:")) wrong.push(`request: ${request.url()}`);
  });
  page.on("dialog", (dialog) => {
    wrong.push("dialog");
    dialog.dismiss();
  });
  await page.goto(`file://${folder}/${name}.html${options.hash ?? ""}`);
  return page;
}

// The policy of the page lets no script in: this one is run beside it, and asks for no element.
async function faults(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const results = await globalThis.axe.run(document, { resultTypes: ["violations"] });
    return results.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).slice(0, 3).join(" | ")}`);
  });
  return found;
}

for (const name of ["matrix", "diff", "scan", "explain", "diagnose", "hostile", "long"]) {
  for (const colorScheme of ["light", "dark"]) {
    const page = await open(name, { colorScheme });
    seen.pages[name][colorScheme] = await faults(page);
    const cell = page.locator("td.p, td.n").first();
    if (colorScheme === "light" && (await cell.count())) {
      await cell.click();
      seen.pages[name].panel = await faults(page);
    }
    await page.context().close();
  }
}

const page = await open("matrix");
const panel = page.locator("#panel");
const at = (field, caller) =>
  page.evaluate(
    ([name, head]) => {
      const row = [...document.querySelectorAll("tr[data-field]")].find((one) => one.dataset.field === name);
      const heads = [...row.closest("table").tHead.rows[1].cells];
      return heads.findIndex((one) => one.innerText.startsWith(head));
    },
    [field, caller],
  );
const cellOf = async (field, caller) => page.locator(`tr[data-field="${field}"] > *`).nth(await at(field, caller));
const focused = () => page.evaluate(() => [document.activeElement.parentElement.dataset?.field, document.activeElement.cellIndex]);

await (await cellOf("Query.getPost", "API key")).click();
seen.partly = await panel.innerText();
seen.address = await page.evaluate(() => decodeURIComponent(location.hash));
await page.keyboard.press("Escape");
seen.closed = await panel.isHidden();
seen.back = await focused();
await page.keyboard.press("ArrowDown");
await page.keyboard.press("ArrowRight");
seen.moved = await focused();
await page.keyboard.press("End");
await page.keyboard.press("Control+End");
seen.last = await focused();
await page.keyboard.press("Control+Home");
await page.keyboard.press("Home");
await page.keyboard.press("Enter");
seen.entered = await panel.locator("h2").innerText();
await page.keyboard.press("Escape");
await (await cellOf("Mutation.deletePost", "WriterRole")).click();
seen.policy = await panel.innerText();
await (await cellOf("Query.listPosts", "API key")).click();
seen.resolver = await panel.innerText();
await panel.getByRole("button", { name: "What can" }).click();
seen.story = await panel.innerText();
await page.keyboard.press("Escape");
await page.locator('tr[data-field="Query.getPost"] .toggle').click();
seen.below = await page.locator("tr.below").allInnerTexts();
await page.locator('tr[data-field="Query.getPost"] .toggle').click();
seen.folded = await page.locator("tr.below").count();
await page.keyboard.press("/");
await page.keyboard.type("post partly");
seen.filtered = await page.locator("tr[data-field]:visible th").allInnerTexts();
seen.counted = await page.locator(".shown").innerText();
await page.locator(".filter-fields").fill("");
await page.locator(".filter-callers").fill("role");
seen.columns = await page.locator("thead th[data-column]:visible").allInnerTexts();
seen.sections = await page.locator("thead tr:first-child th:visible").allInnerTexts();
seen.roles = await page.evaluate(() => ({ table: document.querySelector(".matrix").role, stops: document.querySelectorAll("td[tabindex='0']").length }));

const linked = await open("matrix", { hash: "#Blog/Query.getPost/API_KEY" });
seen.linked = await linked.locator("#panel h2").innerText();
const story = await open("matrix", { hash: "#Blog//role%20JobRole" });
seen.linkedStory = await story.locator("#panel h2").innerText();
const odd = await open("matrix", { hash: "#%E0%A4%A/__proto__/x" });
seen.odd = await odd.locator("#panel").isHidden();

const big = await open("big");
seen.big = await big.evaluate(async () => {
  const groups = [...document.querySelectorAll(".matrix tbody")];
  const settle = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const skipped = () => groups.filter((one) => !one.rows[0].checkVisibility({ contentVisibilityAuto: true })).length;
  await settle();
  const before = skipped();
  scrollTo(0, document.documentElement.scrollHeight / 2);
  await settle();
  const head = document.querySelector("thead th[data-column]").getBoundingClientRect();
  const row = document.elementFromPoint(600, 500).closest("tr");
  const at = (cells) => [...cells].slice(1).map((cell) => Math.round(cell.getBoundingClientRect().left));
  return {
    groups: groups.length,
    cells: document.querySelectorAll("tbody td").length,
    before,
    sticks: head.top >= 0 && head.bottom < 250,
    aligned: JSON.stringify(at(row.cells)) === JSON.stringify(at(document.querySelector("thead").rows[1].cells)),
    roles: [row.role, row.cells[0].role, row.cells[1].role],
  };
});
await big.locator(".filter-fields").fill("f1999");
seen.bigFiltered = await big.locator("tr[data-field]:visible").count();

const phone = await open("matrix", { viewport: { width: 390, height: 780 } });
await phone.locator("td.p").first().click();
seen.phone = await phone.evaluate(() => {
  const [panel, cell] = ["#panel", ".here"].map((one) => document.querySelector(one).getBoundingClientRect());
  const name = document.querySelector(".here").parentElement.cells[0].getBoundingClientRect();
  return { fits: panel.width <= innerWidth, above: cell.bottom <= panel.top, beside: cell.left >= name.right - 1 };
});
await phone.emulateMedia({ media: "print" });
seen.printed = await phone.evaluate(() => getComputedStyle(document.querySelector("#panel")).display);

await browser.close();
console.log(JSON.stringify(seen));
