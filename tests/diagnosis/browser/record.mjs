// Runs each scenario in a page of its own and records its network as a HAR.
//   node record.mjs CHROMIUM PORT SCENARIOS.json FOLDER
// All hosts lead to the test server on PORT, whatever their names.
import { readFile } from "node:fs/promises";
import { chromium } from "playwright-core";

const [executablePath, port, file, folder] = process.argv.slice(2);
const scenarios = JSON.parse(await readFile(file, "utf8"));
const browser = await chromium.launch({
  executablePath,
  args: [
    `--host-resolver-rules=MAP nowhere.* ~NOTFOUND, MAP * 127.0.0.1:${port}`,
    "--ignore-certificate-errors",
    "--no-sandbox",
  ],
});
for (const scenario of scenarios) {
  const context = await browser.newContext({
    ignoreHTTPSErrors: true,
    recordHar: { path: `${folder}/${scenario.name}.har`, content: "embed" },
  });
  const page = await context.newPage();
  if (scenario.clock) {
    await page.addInitScript((shift) => {
      const Real = Date;
      globalThis.Date = class extends Real {
        constructor(...given) {
          super(...(given.length ? given : [Real.now() + shift]));
        }
        static now() {
          return Real.now() + shift;
        }
      };
    }, scenario.clock);
  }
  await page.goto("https://app.example.com/");
  const said = await page.evaluate((given) => window.run(given), scenario);
  console.log(`${scenario.name}: ${said.slice(0, 120)}`);
  await context.close();
}
await browser.close();
