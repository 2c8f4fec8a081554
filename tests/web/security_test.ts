import assert from "node:assert/strict";
import { browserTest } from "./chromium.ts";
import { eventsOf, WebPage } from "./web_page.ts";

browserTest("the page obeys a strict policy, and asks nobody else for anything", async () => {
  await using web = await WebPage.open({
    events: eventsOf("ERROR a", "b"),
    hash: "#content=a%7Cb",
  });
  await web.untilTotal(2);
  const answer = await web.page.request.get(web.url);
  const policy = answer.headers()["content-security-policy"] ?? "";
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe|\*|https?:/);
  await web.page.getByRole("option", { name: "ERROR a" }).click();
  await web.page.getByRole("complementary").waitFor();
  await web.page.getByRole("button", { name: "Download" }).click();
  await web.page.getByRole("button", { name: /Switch to/ }).click();
  // The page has no style attribute in its markup and no script of its own in it.
  const inline = await web.page.evaluate(() =>
    document.querySelectorAll("script:not([src]), style, [onclick], [onload]").length
  );
  assert.equal(inline, 0);
  assert.ok(web.requests.some((url) => url.includes("/web/highlight_worker.js")));
});

browserTest("the policy would stop a script that got into the page", async () => {
  await using web = await WebPage.open({ events: eventsOf("a") });
  await web.untilTotal(1);
  const ran = await web.page.evaluate(async () => {
    const script = document.createElement("script");
    script.textContent = "window.ran = 1";
    document.body.append(script);
    const image = new Image();
    const failed = new Promise((resolve) => image.onerror = resolve);
    image.src = "https://example.com/x.png";
    await failed;
    return "ran" in globalThis;
  });
  assert.equal(ran, false);
  assert.equal(web.faults.splice(0).length > 0, true);
});
