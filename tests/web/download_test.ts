import assert from "node:assert/strict";
import { browserTest } from "./chromium.ts";
import { eventsOf, WebPage } from "./web_page.ts";

browserTest("the result is downloaded as text, JSON lines and as it is stored", async () => {
  await using web = await WebPage.open({
    events: eventsOf("a 1", "b 2", "a 3"),
    hash: "#content=a",
  });
  await web.untilTotal(2);
  const download = async (name: string) => {
    await web.page.getByRole("button", { name: "Download" }).click();
    const started = web.page.waitForEvent("download");
    await web.page.getByRole("link", { name }).click();
    const path = await (await started).path();
    await web.page.keyboard.press("Escape");
    return { name: (await started).suggestedFilename(), text: await Deno.readTextFile(path) };
  };
  const json = await download("JSON lines");
  assert.match(json.name, /\.(jsonl|ndjson|json)$/);
  const contents = json.text.trim().split("\n").map((line) => JSON.parse(line).content);
  assert.deepEqual(contents, ["a 1", "a 3"]);
  assert.match((await download("Text")).text, /a 1\n.*a 3\n$/);
  assert.match((await download("Theia format")).text, /^event: \d+ \d+ 3\nid:event-0\n/);
});
