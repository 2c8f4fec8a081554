import assert from "node:assert/strict";
import { browserTest } from "./chromium.ts";
import { untilTexts } from "./conditions.ts";
import { eventsOf, WebPage } from "./web_page.ts";

browserTest("page shows what is stored, and events as they arrive", async () => {
  await using web = await WebPage.open({ events: eventsOf("first", "second") });
  await web.untilContents(["first", "second"]);
  await web.untilFollowing();
  await web.push({ content: "third" });
  await web.untilContents(["first", "second", "third"]);
  await web.untilTotal(3);
});

browserTest("page shows events of a store that is empty at first", async () => {
  await using web = await WebPage.open();
  await web.page.getByRole("heading", { name: "No events yet" }).waitFor();
  await web.untilFollowing();
  await web.push({ content: "here" });
  await web.untilContents(["here"]);
  await web.page.getByRole("heading", { name: "No events yet" }).waitFor({ state: "hidden" });
});

browserTest("page without events tells commands that send some", async () => {
  await using web = await WebPage.open();
  const commands = web.page.locator("#empty code");
  await untilTexts(commands.first(), [`theia watch -P ${web.port} -f /var/log/syslog`]);
  const send = await commands.nth(1).innerText();
  const [, url, type, body] = /^curl (\S+) -H 'content-type: (\S+)' -d '(.*)'$/.exec(send) ?? [];
  await fetch(url ?? "", {
    method: "POST",
    headers: { "content-type": type ?? "" },
    body: body ?? "",
  })
    .then((response) => response.body?.cancel());
  await web.untilContents(["opened"]);
});

browserTest("page pauses, counts what is new, and goes on without a gap", async () => {
  await using web = await WebPage.open({ events: eventsOf("before") });
  await web.untilFollowing();
  await web.page.getByRole("button", { name: "Live" }).click();
  await web.untilText("#state", /Paused/);
  await web.push({ content: "during 1" }, { content: "during 2" });
  await web.untilText("#state", /Paused, 2 new/);
  assert.deepEqual(await web.contents(), ["before"]);
  await web.untilHash(/live=0/);
  await web.page.getByRole("button", { name: "Paused" }).click();
  await web.push({ content: "after" });
  await web.untilContents(["before", "during 1", "during 2", "after"]);
});

browserTest(
  "page that was opened paused counts what is new, and goes on without a gap",
  async () => {
    await using web = await WebPage.open({ events: eventsOf("before"), hash: "#live=0" });
    await web.untilText("#state", /Paused/);
    await web.untilContents(["before"]);
    await web.push({ content: "during" });
    await web.untilText("#state", /Paused, 1 new/);
    await web.page.keyboard.press("Space");
    await web.untilContents(["before", "during"]);
  },
);

browserTest("page shows that the collector is gone, and heals with every event once", async () => {
  await using web = await WebPage.open({ events: eventsOf("stored") });
  await web.untilFollowing();
  const sent = ["stored"];
  for (let turn = 0; turn < 3; turn++) {
    const content = `while connected ${turn}`;
    await web.push({ content });
    sent.push(content);
    await web.untilContents(sent);
    await web.stopCollector();
    await web.untilText("#state", /Collector not reachable, trying again/);
    await web.startCollector();
    const missed = [`missed ${turn} a`, `missed ${turn} b`];
    await web.push(...missed.map((content) => ({ content })));
    sent.push(...missed);
    await web.untilFollowing();
    await web.untilContents(sent);
  }
  await web.untilTotal(sent.length);
});

browserTest("page opened while the collector restarts asks until it answers", async () => {
  await using web = await WebPage.open({ events: eventsOf("stored") });
  await web.untilFollowing();
  await web.stopCollector();
  await web.page.getByRole("textbox", { name: "Search in content" }).fill("sto");
  await web.page.keyboard.press("Enter");
  await web.untilText("#state", /Collector not reachable, trying again/);
  await web.startCollector();
  await web.untilFollowing();
  await web.untilContents(["stored"]);
});

browserTest("page follows a collector that keeps nothing", async () => {
  await using web = await WebPage.open({ isLiveOnly: true });
  await web.untilFollowing();
  await web.push({ content: "one" });
  await web.untilContents(["one"]);
  await web.page.keyboard.press("Space");
  await web.untilText("#state", /Paused/);
  await web.push({ content: "two" });
  await web.untilText("#state", /Paused, 1 new/);
  await web.page.keyboard.press("Space");
  await web.untilContents(["one", "two"]);
});

browserTest("page filters live events by what is asked for", async () => {
  await using web = await WebPage.open({ hash: "#content=wanted&source=app&tags=red,blue" });
  await web.untilFollowing();
  const tags = ["red", "blue"];
  await web.push(
    { content: "wanted 1", source: "app-1", tags },
    { content: "other", source: "app", tags },
    { content: "wanted 2", source: "other", tags },
    { content: "wanted 3", source: "app", tags: ["red"] },
    { content: "wanted 4", source: "app", tags },
  );
  await web.untilContents(["wanted 1", "wanted 4"]);
});

browserTest("list scrolled up stays where it is, and says how many are new", async () => {
  const contents = Array.from({ length: 200 }, (_, at) => `line ${at}`);
  await using web = await WebPage.open({ events: eventsOf(...contents) });
  await web.untilFollowing();
  await web.page.getByText("line 199", { exact: true }).waitFor();
  await web.page.getByRole("listbox", { name: "Events" }).hover();
  await web.page.mouse.wheel(0, -1000);
  await web.page.getByText("line 150", { exact: true }).waitFor();
  await web.untilInPlace();
  const before = await web.contents();
  await web.push(...Array.from({ length: 30 }, (_, at) => ({ content: `new ${at}` })));
  await web.page.getByRole("button", { name: "30 new" }).waitFor();
  assert.deepEqual(await web.contents(), before);
  await web.page.getByRole("button", { name: "30 new" }).click();
  await web.page.getByText("new 29", { exact: true }).waitFor();
  await web.push({ content: "newest" });
  await web.page.getByText("newest", { exact: true }).waitFor();
});

browserTest(
  "where WebSockets do not pass and nothing is kept, the page says so and works",
  async () => {
    await using web = await WebPage.open({ events: eventsOf("a", "b") });
    await web.page.routeWebSocket(/live/, (socket) => void socket.close({ code: 1011 }));
    await web.page.addInitScript(
      "Object.defineProperty(globalThis, 'localStorage', { get() { throw new Error('denied'); } })",
    );
    await web.goto("");
    await web.untilContents(["a", "b"]);
    await web.untilText("#state", /No live connection, trying again/);
    await web.page.getByRole("button", { name: /theme|dark|light/i }).click();
    const box = web.page.getByRole("textbox", { name: "Search in content" });
    await box.fill("b");
    await box.press("Enter");
    await web.untilContents(["b"]);
  },
);
