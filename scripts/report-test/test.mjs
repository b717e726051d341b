// Looks at the reports that the example makes, as scripts/test-report says.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";

const [executablePath, folder, screenshots] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const wide = { width: 1280, height: 1000 };
const narrow = { width: 390, height: 844 };
const began = Date.now();

const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage", "--force-color-profile=srgb"] });
const failures = [];
let checked = 0;

/** Opens a report; whatever it says on the console or asks for elsewhere is a failure. */
const open = async (name, { viewport = wide, scheme = "light", hash = "", script = true } = {}) => {
  const page = await browser.newPage();
  const url = pathToFileURL(join(folder, `${name}.html`)).href;
  const label = `${name} ${viewport.width} ${scheme}${hash}`;
  page.on("console", message => failures.push(`${label}: console ${message.type()}: ${message.text()}`));
  page.on("pageerror", error => failures.push(`${label}: ${error}`));
  page.on("dialog", dialog => {
    failures.push(`${label}: a dialog`);
    dialog.dismiss();
  });
  page.on("request", request => {
    if (request.url().split("#")[0] !== url) failures.push(`${label}: asks for ${request.url()}`);
  });
  await page.setJavaScriptEnabled(script);
  await page.setViewport(viewport);
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.goto(url + hash);
  page.label = label;
  return page;
};

/** Runs a test and goes on whatever it comes to. */
const test = async (label, run) => {
  try {
    const start = Date.now();
    await run();
    checked += 1;
    if (process.env.TIMES) console.log(Date.now() - start, Date.now() - began, label);
  } catch (error) {
    failures.push(`${label}: ${error.message}`);
  }
};

/** What axe-core finds, all its rules on. It runs in a world of its own, so that the page's policy need not let it. */
const judgeOf = async page => {
  const session = await page.createCDPSession();
  const { frameTree } = await session.send("Page.getFrameTree");
  const world = await session.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id, worldName: "axe" });
  const evaluate = async expression => {
    const contextId = world.executionContextId;
    const { result, exceptionDetails } = await session.send("Runtime.evaluate", {
      contextId,
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  await evaluate(`${axe};0`);
  return () => evaluate(`(async () => {
    const rules = Object.fromEntries(axe.getRules().map(rule => [rule.ruleId, { enabled: true }]));
    // Contrast of 7 : 1 is level AAA; 4.5 : 1 is asked for.
    for (const rule of ["color-contrast-enhanced", "identical-links-same-purpose"]) delete rules[rule];
    const found = await axe.run(document, { rules, resultTypes: ["violations"], preload: false });
    return found.violations.flatMap(one => one.nodes.slice(0, 4).map(node => one.id + " " + node.target.join(" ") + ": " + node.failureSummary));
  })()`);
};

/** Rows that are alike: a few stand for all. */
const thin = (page, rules) => page.evaluate(rules => {
  const keep = (selector, count) => [...document.querySelectorAll(selector)].slice(count).forEach(one => one.remove());
  keep("#list > li[hidden]", 0);
  keep("#list > li", rules);
  for (const selector of [".heat tbody:last-child", ".places tbody", ".listed tbody", ".unexercised ul"]) {
    for (const list of document.querySelectorAll(selector)) [...list.children].slice(5).forEach(one => one.remove());
  }
}, rules);

const layout = page => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
const shown = page => page.$$eval("#list > li", rows => rows.filter(row => row.offsetParent !== null).map(row => ({ ...row.dataset })));
const settle = page => page.evaluate(() => new Promise(done => requestAnimationFrame(() => setTimeout(done))));

/** Shows a page in another width and in light or dark. */
const look = async (page, name, viewport, scheme) => {
  await page.setViewport(viewport);
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  page.label = `${name} ${viewport.width} ${scheme}`;
};

// Every language, light and dark, wide and narrow.
for (const language of ["fi", "sv", "en"]) {
  const page = await open(`report-${language}`);
  assert.equal(await page.evaluate(() => document.documentElement.lang), language);
  await thin(page, 8);
  await page.evaluate(() => {
    [...document.querySelectorAll("#list > li")].slice(0, 2).forEach(row => (row.firstElementChild.open = true));
    document.querySelector(".trend .fold").open = true;
  });
  const judge = await judgeOf(page);
  for (const scheme of ["light", "dark"]) {
    for (const viewport of [wide, narrow]) {
      await look(page, `report-${language}`, viewport, scheme);
      await test(page.label, async () => {
        assert.ok((await layout(page)) <= 0, "wider than the window");
        assert.deepEqual(await judge(), []);
      });
      const path = join(screenshots, `report-${language}-${scheme}-${viewport.width}.png`);
      await page.screenshot({ path, clip: { x: 0, y: 0, width: viewport.width, height: 3600 }, captureBeyondViewport: true });
    }
  }
  await page.close();
}

// States that are rare.
for (const name of ["faultless-fi", "unreadable-sv", "nothing-en", "one-group-sv", "source-en"]) {
  const page = await open(name);
  await thin(page, 2);
  await page.evaluate(() => document.querySelectorAll("details").forEach(details => (details.open = true)));
  const judge = await judgeOf(page);
  for (const [viewport, scheme] of [[wide, "light"], [narrow, "dark"]]) {
    await look(page, name, viewport, scheme);
    await test(page.label, async () => {
      assert.ok((await layout(page)) <= 0, "wider than the window");
      assert.deepEqual(await judge(), []);
      assert.equal((await page.$(".source-banner")) !== null, name.startsWith("source"));
      assert.equal((await page.$(".partial-banner")) !== null, name.startsWith("one-group"));
    });
    await page.screenshot({ path: join(screenshots, `${name}-${viewport.width}.png`) });
  }
  await page.close();
}

// Hostile names neither run nor break the page.
for (const viewport of [wide, narrow]) {
  const page = await open("hostile-en", { viewport });
  await test(page.label, async () => {
    await page.evaluate(() => document.querySelectorAll("details").forEach(details => (details.open = true)));
    await page.evaluate(() => new Promise(done => setTimeout(done, 300)));
    assert.equal(await page.evaluate(() => window.__hit), undefined);
    assert.equal(await page.$$eval("script", scripts => scripts.length), 1);
    assert.equal(await page.$$eval("img, iframe, object, embed, link", all => all.length), 0);
    assert.ok((await layout(page)) <= 0, "wider than the window");
    assert.equal(await page.evaluate(() => /[\u202a-\u202e\u2066-\u2069]/.test(document.body.textContent)), false);
  });
  await page.screenshot({ path: join(screenshots, `hostile-${viewport.width}.png`) });
  await page.close();
}

// Filters, sorting, the switch of groups, and what of them is in the address.
{
  const page = await open("report-en");
  await test("the list shows what failed, the costliest first", async () => {
    const rows = await shown(page);
    assert.ok(rows.length > 50);
    const costs = rows.map(row => Number(row.v.split(" ")[0]));
    assert.deepEqual(costs, costs.toSorted((a, b) => b - a));
    assert.match(await page.$eval("output", output => output.value), new RegExp(`^${rows.length} of \\d+ rules shown$`));
  });
  await test("filters narrow the list down", async () => {
    await page.select("select[name=severity]", "error");
    await page.select("select[name=criterion]", "completeness");
    await page.select("select[name=pack]", "kanta-header");
    await settle(page);
    const rows = await shown(page);
    assert.ok(rows.length > 0);
    assert.ok(rows.every(row => row.severity === "error" && row.criterion === "completeness" && row.pack === "kanta-header"));
    const failed = rows.length;
    await page.click("input[name=failed]");
    assert.ok((await shown(page)).length >= failed);
    assert.match(page.url(), /#rules\?.*severity=error.*criterion=completeness.*pack=kanta-header.*failed=0/);
  });
  await test("a view can be sent", async () => {
    const rows = await shown(page);
    const copy = await open("report-en", { hash: new URL(page.url()).hash });
    assert.deepEqual((await shown(copy)).map(row => row.name), rows.map(row => row.name));
    assert.equal(await copy.$eval("select[name=severity]", field => field.value), "error");
    await copy.close();
  });
  await test("the filters are cleared", async () => {
    await page.click("button[type=reset]");
    await settle(page);
    assert.ok((await shown(page)).length > 50);
    assert.equal(new URL(page.url()).hash, "#rules");
  });
  await test("words are searched for", async () => {
    await page.type("input[type=search]", "kanta-header/ MISSING");
    const rows = await shown(page);
    assert.ok(rows.length > 0 && rows.every(row => row.name.startsWith("kanta-header/")));
    await page.type("input[type=search]", " nothing has this");
    assert.equal((await shown(page)).length, 0);
    assert.ok(await page.$eval("#none-shown", none => !none.hidden));
    await page.click("button[type=reset]");
    await settle(page);
  });
  const columns = { rate: 1, failed: 2, documents: 3, severity: 4 };
  for (const [by, column] of Object.entries(columns)) {
    await test(`rules are sorted by ${by}`, async () => {
      await page.select("select[name=sort]", by);
      const values = (await shown(page)).map(row => Number(row.v.split(" ")[column]));
      assert.deepEqual(values, values.toSorted((a, b) => b - a));
      assert.ok(new Set(values).size > 1);
    });
  }
  await test("rules are sorted by name", async () => {
    await page.select("select[name=sort]", "name");
    const names = (await shown(page)).map(row => row.name);
    assert.deepEqual(names, names.toSorted((a, b) => a.localeCompare(b, "en")));
  });
  await test("a criterion leads to its rules", async () => {
    await page.click("a[data-criterion=traceability]");
    const rows = await shown(page);
    assert.ok(rows.length > 0 && rows.every(row => row.criterion === "traceability"));
  });
  await test("a costly rule is opened whatever is filtered", async () => {
    const rule = await page.$eval(".costs a", link => link.hash.slice(1));
    await page.click(".costs a");
    await settle(page);
    assert.ok(await page.$eval(`#${rule}`, details => details.open && details.offsetParent !== null));
  });
  await test("one grouping is shown and another is chosen", async () => {
    const visible = () => page.$$eval(".by", all => all.filter(one => one.offsetParent !== null).map(one => one.dataset.by));
    assert.deepEqual(await visible(), ["area"]);
    await page.click("input[name=by][value=software]");
    assert.deepEqual(await visible(), ["software"]);
    assert.match(page.url(), /#groups\?by=software|[?&]by=software/);
    await page.click("input[name=by][value=area]");
  });
  await test("groups are sorted by a column", async () => {
    const values = () => page.$$eval(".by[data-by=area] tbody:last-of-type tr", rows => rows.map(row => Number(row.cells[3].dataset.v)));
    const before = await values();
    await page.click(".by[data-by=area] thead th:nth-child(4) button");
    assert.deepEqual(await values(), before.toSorted((a, b) => a - b));
    await page.click(".by[data-by=area] thead th:nth-child(4) button");
    assert.deepEqual(await values(), before.toSorted((a, b) => b - a));
    await page.click(".by[data-by=area] thead th:nth-child(4) button");
    assert.deepEqual(await values(), before);
  });
  await page.close();
}

// The keyboard reaches everything that can be used, in the order of the page, and shows where it is.
{
  const page = await open("report-sv");
  await test("the keyboard reaches everything", async () => {
    await page.evaluate(() => [...document.querySelectorAll("#list > li")].slice(4).forEach(row => row.remove()));
    const wanted = await page.evaluate(() => {
      const usable = [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")];
      const there = usable.filter(one => one.checkVisibility() || one.className === "skip");
      // Of radio buttons the chosen one is a stop.
      const stops = there.filter(one => one.type !== "radio" || one.checked);
      stops.forEach((one, number) => (one.dataset.stop = number));
      return stops.length;
    });
    const reached = [];
    for (let step = 0; step < wanted + 20 && reached.length < wanted; step += 1) {
      await page.keyboard.press("Tab");
      const [stop, isShown] = await page.evaluate(() => {
        const now = document.activeElement;
        const seen = now.type === "radio" ? now.nextElementSibling : now;
        return [now.dataset.stop, getComputedStyle(seen).outlineStyle !== "none"];
      });
      if (stop === undefined) continue;
      assert.ok(isShown, `stop ${stop} is not shown`);
      reached.push(Number(stop));
    }
    assert.deepEqual(reached, [...Array(wanted).keys()]);
  });
  await test("a rule is opened with the keyboard", async () => {
    await page.focus("#list summary");
    await page.keyboard.press("Enter");
    assert.ok(await page.$eval("#list details", details => details.open));
  });
  await page.close();
}

// Without the script everything is there; on paper, too, and the banner on each page.
{
  const page = await open("report-fi", { script: false });
  await test("all can be read without the script", async () => {
    const text = await page.content();
    assert.ok(text.includes("kanta-header/"));
    const session = await page.createCDPSession();
    const { root } = await session.send("DOM.getDocument", { depth: 1 });
    const count = async selector => (await session.send("DOM.querySelectorAll", { nodeId: root.nodeId, selector })).nodeIds.length;
    assert.ok((await count("#list > li")) > 300);
    assert.equal(await count("#list > li[hidden]"), 0);
    assert.equal(await count(".by[hidden]"), 0);
  });
  await page.close();
  for (const name of ["one-group-fi", "source-fi"]) {
    const paper = await open(name);
    await test(`${name} is printed`, async () => {
      // What repeats on every page does so however many there are.
      await paper.evaluate(() => [...document.querySelectorAll("#list > li:not([hidden])")].slice(25).forEach(row => row.remove()));
      const bytes = await paper.pdf({ preferCSSPageSize: true });
      writeFileSync(join(screenshots, `${name}.pdf`), bytes);
      const pages = execFileSync("pdftotext", ["-", "-"], { input: bytes, encoding: "utf8" }).split("\f").slice(0, -1);
      assert.ok(pages.length > 3);
      const withBanner = pages.filter(page => page.includes("otteita asiakirjojen sisällöstä")).length;
      assert.equal(withBanner, name.startsWith("source") ? pages.length : 0, `of ${pages.length} pages`);
    });
    await paper.close();
  }
}

await test("a report opens at once", async () => {
  const page = await open("report-fi");
  const time = await page.evaluate(() => performance.getEntriesByType("navigation")[0].loadEventEnd);
  await page.close();
  assert.ok(time < 3_000, `it took ${Math.round(time)} ms`);
});

await browser.close();
for (const failure of failures) console.error(failure);
console.log(`${checked} passed, ${failures.length} failed, ${Math.round((Date.now() - began) / 1000)} s`);
process.exit(failures.length === 0 ? 0 : 1);
