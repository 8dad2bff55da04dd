// Opens the pages of a folder in a real browser, and uses them. node pages.mjs FOLDER [SCREENSHOTS]; what it says is TAP.
// playwright-core and axe-core are found by NODE_PATH, the browser by BIOXEN_CHROMIUM.
import { createRequire } from "node:module";
import fs from "node:fs";
import path from "node:path";

const require = createRequire(import.meta.url);
const [folder, shots] = process.argv.slice(2);
const { chromium } = require("playwright-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

function find(at) {
  return fs.readdirSync(at, { withFileTypes: true }).flatMap((entry) => entry.isDirectory()
    ? find(path.join(at, entry.name)) : entry.name.endsWith(".html") ? [path.join(at, entry.name)] : []);
}

let count = 0;
function check(good, name, why = "") {
  count += 1;
  console.log(`${good ? "ok" : "not ok"} ${count} - ${name}`);
  if (!good) console.log(String(why).replace(/^/gm, "# "));
  if (!good) process.exitCode = 1;
}

const browser = await chromium.launch({
  executablePath: process.env.BIOXEN_CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"],
});

// A page opened; `troubles` is what it complained of, or asked for beyond itself.
async function open(file, options) {
  const context = await browser.newContext(options), page = await context.newPage(), troubles = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) troubles.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => troubles.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => troubles.push(`dialog: ${dialog.message()}`) && dialog.dismiss());
  page.on("request", (request) => {
    if (!/^(file|data):/.test(request.url())) troubles.push(`request: ${request.url()}`);
  });
  await page.goto(`file://${file}`);
  return { page, troubles, context };
}

async function look(file, name, colorScheme, width) {
  const { page, troubles, context } = await open(file, { colorScheme, viewport: { width, height: 900 } });
  await page.waitForTimeout(100);
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run({ preload: false }));
  for (const each of found.violations) troubles.push(`axe: ${each.id}: ${each.nodes[0].html.slice(0, 200)}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  if (wide > width) troubles.push(`it is ${wide} pixels wide`);
  if (await page.evaluate(() => window.hit)) troubles.push("a name has run as a script");
  if (shots) {
    const base = `${name.replace(/\W+/g, "_")}-${colorScheme}-${width}.png`;
    await page.screenshot({ path: path.join(shots, base), fullPage: true });
  }
  check(troubles.length === 0, `${name}, ${colorScheme}, ${width} pixels wide`, troubles.join("\n"));
  await context.close();
}

async function without_scripts(file, name) {
  const { page, context } = await open(file, { javaScriptEnabled: false });
  const pictures = page.locator("figure.plot > svg.still"), all = await pictures.count();
  let seen = 0;
  for (let i = 0; i < all; i += 1) seen += await pictures.nth(i).isVisible();
  const tables = await page.locator("table").count();
  check(seen === all && all + tables > 0, `${name}, without scripts`, `${seen} of ${all} pictures, ${tables} tables`);
  await context.close();
}

async function printed(file, name) {
  const { page, context } = await open(file);
  await page.emulateMedia({ media: "print" });
  const live = await page.locator(".live:visible").count();
  const still = await page.locator("figure.plot > svg.still:visible").count();
  const all = await page.locator("figure.plot").count();
  const pdf = await page.pdf();
  check(live === 0 && still === all && pdf.length > 1000, `${name}, printed`, `${live} live, ${still} of ${all} still`);
  await context.close();
}

// ---- what is used ----

async function use_plot(file) {
  const { page, context } = await open(file, { viewport: { width: 1200, height: 900 } });
  const figure = page.locator("figure.plot.plotted").first(), canvas = figure.locator("canvas");
  const picture = () => canvas.evaluate((each) => each.toDataURL());
  await figure.scrollIntoViewIfNeeded();
  const box = await figure.locator(".u-over").boundingBox(), whole = await picture();
  await page.mouse.move(box.x + 0.3*box.width, box.y + 50);
  await page.mouse.down();
  await page.mouse.move(box.x + 0.4*box.width, box.y + 60, { steps: 5 });
  await page.mouse.up();
  await page.waitForTimeout(100);
  const closer = await picture();
  check(closer !== whole, "a stretch that is dragged over is seen closer");
  await page.mouse.move(box.x + 0.5*box.width, box.y + 50);
  await page.waitForTimeout(100);
  const value = await figure.locator(".value").first().textContent();
  check(/^\d/.test(value), "the values where the pointer is are told", value);
  await page.mouse.move(0, 0);
  await figure.getByRole("button", { name: "The whole" }).click();
  await page.waitForTimeout(100);
  check(await picture() === whole, "and the whole again");
  const name = figure.locator(".legend button").first();
  await name.click();
  await page.waitForTimeout(100);
  check(await name.getAttribute("aria-pressed") === "false" && await picture() !== whole, "a curve is hidden by its name");
  await name.press("Enter");
  await page.waitForTimeout(100);
  check(await name.getAttribute("aria-pressed") === "true" && await picture() === whole, "and shown, by a key, too");
  await context.close();
}

async function use_table(file) {
  const { page, context } = await open(file, { viewport: { width: 1200, height: 900 } });
  const box = page.getByRole("region", { name: "Table screen.csv" }), tools = page.locator(".tools", { has: page.locator(
    "input[type=search]") }).filter({ hasText: "only lethal" });
  const rows = () => box.locator("tbody tr:visible").count();
  check(await rows() === 137, "a table of marked rows has all of them", await rows());
  await tools.getByRole("searchbox").fill("b001");
  check(await rows() === 10 && /10 of 137/.test(await tools.textContent()), "a table is filtered by a text", await rows());
  await tools.getByRole("searchbox").fill("");
  await tools.getByRole("checkbox").check();
  check(await rows() === await box.locator("tr.hit").count() && await rows() === 6, "and by its marks", await rows());
  await tools.getByRole("checkbox").uncheck();
  await box.getByRole("button", { name: "gene" }).click();
  const first = () => box.locator("tbody tr td").first().textContent();
  const up = await first();
  await box.getByRole("button", { name: "gene" }).click();
  check(up === "b0001" && await first() === "b0137", "and ordered by a column, up and down", `${up}, ${await first()}`);
  await context.close();
}

for (const file of find(path.resolve(folder)).filter((each) => !each.includes("/site/"))) {
  const name = path.relative(folder, file);
  check(fs.statSync(file).size < 2e6, `${name} is below 2 MB`);
  for (const scheme of ["light", "dark"]) for (const width of [1400, 400]) await look(file, name, scheme, width);
  await without_scripts(file, name);
  await printed(file, name);
}
// ---- the site ----

// Links and pictures of all its pages lead to what is there.
function check_links(site) {
  const anchors = {}, missing = [];
  const read = (file) => fs.readFileSync(file, "utf8");
  for (const file of find(site)) anchors[file] = new Set([...read(file).matchAll(/ id="([^"]*)"/g)].map((m) => m[1]));
  for (const file of find(site)) {
    for (const [, target] of read(file).matchAll(/ (?:href|src)="([^"]*)"/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [name, anchor] = target.split("#"), at = name ? path.resolve(path.dirname(file), decodeURI(name)) : file;
      if (!fs.existsSync(at) || (anchor && !anchors[at]?.has(anchor))) missing.push(`${path.basename(file)}: ${target}`);
    }
  }
  check(missing.length === 0, "links of the site lead somewhere", missing.join("\n"));
}

async function use_search(site) {
  const { page, troubles, context } = await open(path.join(site, "index.html"), { viewport: { width: 1200, height: 900 } });
  const field = page.getByRole("searchbox"), hits = page.locator("#found li");
  await field.fill("shadow prices");
  await hits.first().waitFor();
  check(/part/.test(await page.getByRole("status").textContent()), "words are searched for", troubles.join("\n"));
  await field.fill("</script> zzzz");
  await page.waitForTimeout(50);
  check(await hits.count() === 0, "what is nowhere is not found");
  await field.fill("Morris");
  await hits.first().getByRole("link").click();
  await page.waitForLoadState();
  check(/(sensitivities|reference|howto)\.html#/.test(page.url()) && troubles.length === 0, "and a hit leads there",
    `${page.url()} ${troubles.join("\n")}`);
  await context.close();
}

const site = path.resolve(folder, "site");
for (const name of ["index", "fits", "reports"]) {
  for (const scheme of ["light", "dark"]) {
    for (const width of [1400, 400]) await look(path.join(site, `${name}.html`), `site/${name}.html`, scheme, width);
  }
}
await look(path.join(site, "reference.html"), "site/reference.html", "light", 400);
check_links(site);
await use_search(site);

const report = path.resolve(folder, "first/report.html");
await use_plot(report);
await use_table(report);
await browser.close();
console.log(`1..${count}`);
