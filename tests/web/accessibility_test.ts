import assert from "node:assert/strict";
import type { Page } from "./chromium.ts";
import { browserTest } from "./chromium.ts";
import { eventsOf, WebPage } from "./web_page.ts";

/** The least contrast of text by WCAG 2.2, level AA. */
const MIN_CONTRAST = 4.5;

const EVENTS = eventsOf("ERROR broken \x1b[0m", "WARN slow", "DEBUG detail", "INFO fine match");

/** Opens everything that can be open at once. */
async function openAll(page: Page): Promise<void> {
  await page.getByRole("option", { name: "WARN slow" }).click();
  await page.getByRole("list", { name: "Events before and after" }).waitFor();
  await page.getByText("Raw event", { exact: true }).click();
  await page.getByRole("option", { name: "ERROR broken" }).hover();
}

/** The texts whose contrast with what is behind them is too low, by computed styles. */
function lowContrasts(min: number): string[] {
  type Colour = readonly [number, number, number, number];
  function parse(text: string): Colour {
    const [r = 0, g = 0, b = 0, a = 1] = (/\(([^)]*)\)/.exec(text)?.[1] ?? "0,0,0,0").split(
      /[ ,/]+/,
    )
      .map((part) => part.endsWith("%") ? Number(part.slice(0, -1)) / 100 : Number(part));
    return [r, g, b, a];
  }
  function over([r, g, b, a]: Colour, [r2, g2, b2]: Colour): Colour {
    return [r * a + r2 * (1 - a), g * a + g2 * (1 - a), b * a + b2 * (1 - a), 1];
  }
  function luminance(colour: Colour): number {
    const [r = 0, g = 0, b = 0] = colour.slice(0, 3).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }
  function background(element: Element): Colour {
    const own = parse(getComputedStyle(element).backgroundColor);
    if (own[3] === 1) return own;
    const parent = element.parentElement;
    return over(own, parent === null ? [255, 255, 255, 1] : background(parent));
  }
  function contrast(text: Colour, behind: Colour): number {
    const [light = 0, dark = 0] = [luminance(over(text, behind)), luminance(behind)].sort((a, b) =>
      b - a
    );
    return (light + 0.05) / (dark + 0.05);
  }
  const low = new Set<string>();
  for (const element of document.querySelectorAll("body *")) {
    const isText = [...element.childNodes].some((node) =>
      node.nodeType === 3 && node.nodeValue?.trim()
    );
    const isField = element instanceof HTMLInputElement;
    if ((!isText && !isField) || element.getClientRects().length === 0) continue;
    const pairs = [getComputedStyle(element).color];
    if (isField) pairs.push(getComputedStyle(element, "::placeholder").color);
    for (const colour of pairs) {
      const ratio = contrast(parse(colour), background(element));
      if (ratio < min) {
        low.add(
          `${element.tagName}.${element.className} '${element.textContent?.slice(0, 20)}': ${
            ratio.toFixed(2)
          }`,
        );
      }
    }
  }
  return [...low];
}

/** Controls without a name, and fields without a label. */
function unnamedControls(): string[] {
  const unnamed = [];
  for (
    const element of document.querySelectorAll(
      "button, a[href], input, [role], [tabindex], dialog, aside",
    )
  ) {
    if (element.getClientRects().length === 0) continue;
    const role = element.getAttribute("role");
    if (role === "presentation" || role === "status" || role === "alert") continue;
    const labels = element instanceof HTMLInputElement ? [...element.labels ?? []] : [];
    const referred = element.getAttribute("aria-labelledby");
    const name = [
      element.getAttribute("aria-label"),
      referred === null ? "" : document.getElementById(referred)?.textContent,
      ...labels.map((label) => label.textContent),
      element instanceof HTMLInputElement ? "" : element.textContent,
    ].join("").trim();
    if (name === "") unnamed.push(element.outerHTML.slice(0, 120));
  }
  return unnamed;
}

for (const colorScheme of ["light", "dark"] as const) {
  browserTest(`texts have enough contrast in the ${colorScheme} theme`, async () => {
    await using web = await WebPage.open({
      events: EVENTS,
      hash: "#content=%5Cw",
      context: { colorScheme },
    });
    await web.untilTotal(4);
    await openAll(web.page);
    await web.page.locator("mark").first().waitFor();
    assert.deepEqual(await web.page.evaluate(lowContrasts, MIN_CONTRAST), []);
    await web.page.getByRole("textbox", { name: "Search in content" }).fill("(");
    await web.page.keyboard.press("Enter");
    await web.page.getByRole("alert").first().waitFor();
    await web.page.getByRole("button", { name: "All time" }).click();
    assert.deepEqual(await web.page.evaluate(lowContrasts, MIN_CONTRAST), []);
    await web.page.keyboard.press("Escape");
    await web.page.getByRole("button", { name: "Download" }).click();
    assert.deepEqual(await web.page.evaluate(lowContrasts, MIN_CONTRAST), []);
    await web.page.keyboard.press("Escape");
    await web.page.getByRole("button", { name: "Keyboard help" }).click();
    assert.deepEqual(await web.page.evaluate(lowContrasts, MIN_CONTRAST), []);
  });
}

browserTest("the theme follows the system, and a choice is remembered", async () => {
  await using web = await WebPage.open({ events: EVENTS, context: { colorScheme: "dark" } });
  await web.untilTotal(4);
  const background = () => web.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await background();
  await web.page.getByRole("button", { name: "Switch to light theme" }).click();
  const light = await background();
  assert.notEqual(light, dark);
  await web.page.reload();
  await web.page.getByRole("button", { name: "Switch to dark theme" }).waitFor();
  assert.equal(await background(), light);
});

browserTest("every control has a name, and the parts of the page have roles", async () => {
  await using web = await WebPage.open({ events: EVENTS });
  await web.untilTotal(4);
  await openAll(web.page);
  assert.deepEqual(await web.page.evaluate(unnamedControls), []);
  for (const role of ["banner", "search", "main", "contentinfo", "complementary"] as const) {
    assert.equal(await web.page.getByRole(role).count(), 1, role);
  }
  const tree = await web.page.locator("body").ariaSnapshot();
  for (
    const part of [
      /heading "Theia" \[level=1\]/,
      /textbox "Search in content"/,
      /combobox "Source"/,
      /button "Live" \[pressed\]/,
      /listbox "Events"/,
      /option ".*WARN slow.*" \[selected\]/,
      /list "Events before and after"/,
    ]
  ) assert.match(tree, part);
  const row = web.page.getByRole("option", { name: "WARN slow" });
  assert.equal(await row.getAttribute("aria-posinset"), "2");
  assert.equal(await row.getAttribute("aria-setsize"), "4");
});

browserTest("the page works on a screen of 360 pixels", async () => {
  await using web = await WebPage.open({
    events: EVENTS,
    context: { viewport: { width: 360, height: 640 } },
  });
  await web.untilTotal(4);
  const overflow = () =>
    web.page.evaluate(() =>
      document.documentElement.scrollWidth - document.documentElement.clientWidth
    );
  assert.equal(await overflow(), 0);
  await web.page.getByRole("button", { name: "All time" }).click();
  const menu = web.page.getByRole("dialog", { name: "Time range" });
  const box = await menu.boundingBox();
  assert.ok(box !== null && box.x >= 0 && box.x + box.width <= 360, JSON.stringify(box));
  await menu.getByRole("button", { name: "Last 24 hours" }).click();
  await web.page.getByRole("textbox", { name: "Search in content" }).fill("WARN");
  await web.page.keyboard.press("Enter");
  await web.untilTotal(1);
  await web.page.getByRole("option", { name: "WARN slow" }).click();
  await web.page.getByRole("complementary").getByRole("button", { name: "Close" }).click();
  assert.equal(await overflow(), 0);
  for (const button of await web.page.getByRole("button").all()) {
    const size = await button.boundingBox();
    assert.ok(size === null || size.height >= 24, await button.innerText());
  }
});

browserTest("nothing moves for those who want no motion", async () => {
  await using web = await WebPage.open({ events: EVENTS, context: { reducedMotion: "reduce" } });
  await web.untilTotal(4);
  await openAll(web.page);
  const moving = await web.page.evaluate(() =>
    [...document.querySelectorAll("*")].filter((element) => {
      const { transitionDuration, animationName } = getComputedStyle(element);
      return transitionDuration !== "0s" || animationName !== "none";
    }).length
  );
  assert.equal(moving, 0);
});
