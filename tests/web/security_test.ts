import assert from "node:assert/strict";
import { until } from "../e2e/until.ts";
import { browserTest } from "./chromium.ts";
import { untilHolds } from "./conditions.ts";
import { breakPolicy, countInline } from "./in_page.js";
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
  await web.page.getByRole("list", { name: "Events before and after" }).waitFor();
  await web.page.getByRole("button", { name: "Download" }).click();
  await web.page.getByRole("button", { name: /Switch to/ }).click();
  // The page has no style attribute in its markup and no script of its own in it.
  assert.equal(await web.page.evaluate(countInline), 0);
  await until("the thread that highlights", () => {
    return web.requests.some((url) => url.includes("/web/highlight_worker.js"));
  });
});

browserTest("the policy would stop a script that got into the page", async () => {
  await using web = await WebPage.open({ events: eventsOf("a") });
  await web.untilTotal(1);
  assert.equal(await web.page.evaluate(breakPolicy), false);
  await untilHolds(
    "what was stopped",
    () => web.faults.toSorted(),
    ([script, image, ...others]) => {
      assert.match(script ?? "", /^Executing inline script violates/);
      assert.match(image ?? "", /^Loading the image 'https:.* violates/);
      assert.deepEqual(others, ["request to https://example.com/x.png"]);
    },
  );
  web.faults.length = 0;
});
