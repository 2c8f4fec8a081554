import assert from "node:assert/strict";
import { numbered } from "./numbered_events.ts";
import { KEY, TauSession } from "./tau_session.ts";

/** Three sources by turns; every tenth event is an error. */
function mixed(count: number) {
  return numbered(count, (number) => ({
    source: `/src${number % 3}`,
    content: `${number % 10 === 0 ? "ERROR" : "INFO"} event ${number}.`,
  }));
}

Deno.test("tau expands the next match by n, and the previous one by N, also beyond what is loaded", async () => {
  await using session = await TauSession.start({
    events: mixed(2500),
    criteria: { source: "/src1" },
  });
  await session.shows("event 2497.");
  session.type(KEY.enter, "N");
  await session.shows(/content:.*\n\nINFO event 2494\./);
  session.type("N", "N", "n");
  await session.shows(/content:.*\n\nINFO event 2491\./);
  session.type(KEY.escape);
  await session.shows("event 2488.");
  assert.match(session.terminal.screen.styleOf("INFO event 2491."), /7/);
  session.type("g");
  await session.shows("event 1.");
  session.type(KEY.enter, "n");
  await session.shows(/content:.*\n\nINFO event 4\./);
});

Deno.test("tau goes on from the expanded event, although newer ones were selected meanwhile", async () => {
  await using session = await TauSession.start({ events: mixed(30) });
  await session.shows("event 29.");
  session.type(KEY.enter);
  await session.shows(/content:.*\n\nINFO event 29\./);
  await session.finder.push(
    numbered(5, (number) => ({ content: `INFO event ${number}.` }), 30),
  );
  await session.shows("35 events");
  await session.shows(/^ 2023-11-14 22:13:49.000 .*\/src2/m);
  session.type("N");
  await session.shows(/content:.*\n\nINFO event 28\./);
});

Deno.test("tau expands errors and marked events in the place of the expanded one", async () => {
  await using session = await TauSession.start({ events: mixed(35) });
  await session.shows("event 34.");
  session.type("m", KEY.enter, "E");
  await session.shows(/content:.*\n\nERROR event 30\./);
  session.type("E");
  await session.shows(/content:.*\n\nERROR event 20\./);
  session.type("'");
  await session.shows(/content:.*\n\nINFO event 34\./);
});

Deno.test("tau looks for errors beyond what is loaded, and goes back where there is none", async () => {
  await using session = await TauSession.start({
    events: numbered(9000, (number) => ({
      content: `${number === 2100 || number === 7800 ? "ERROR" : "INFO"} event ${number}.`,
    })),
  });
  await session.shows("event 8999.");
  session.type("E");
  await session.shows("ERROR event 7800.");
  session.type("E");
  await session.shows("ERROR event 2100.");
  session.type("E");
  await session.shows("There is no earlier error");
  await session.shows("ERROR event 2100.");
  assert.match(session.terminal.screen.styleOf("ERROR event 2100."), /7/);
  session.type(KEY.enter, "e");
  await session.shows(/content:.*\n\nERROR event 7800\./);
  session.type("e");
  await session.shows("There is no later error");
  await session.shows(/content:.*\n\nERROR event 7800\./);
});

Deno.test("tau stops looking for an error when a key is pressed, and by Escape does nothing else", async () => {
  const next = Promise.withResolvers<void>();
  await using session = await TauSession.start({
    events: numbered(5000, (number) => ({
      content: `${number === 5 ? "ERROR" : "INFO"} ${number}.`,
    })),
    criteria: { content: "O|E" },
  });
  await session.shows(" 4999.");
  session.finder.beforeBatch = () => next.promise;
  session.type("E");
  await session.shows("searching");
  session.type(KEY.escape, "m");
  await session.shows("◆ 1");
  session.finder.beforeBatch = () => {};
  next.resolve();
  await session.shows("browsing");
  await session.until("the rest to be loaded", () => session.finder.isIdle);
  assert.ok(!session.text.includes("ERROR"));
  assert.ok(session.text.includes("filter: O|E"));
});

Deno.test("tau marks matches of the filter in a context, and goes from one to the next", async () => {
  await using session = await TauSession.start({
    events: mixed(200),
    criteria: { content: "event 1[0-9]*5\\." },
  });
  await session.shows("event 195.");
  session.type("c");
  await session.shows("context: all of source /src0");
  await session.shows("event 192.");
  assert.match(session.terminal.screen.styleOf("event 195."), /43/);
  session.type("N");
  await session.shows("event 165.");
  await session.until(
    "165 to be selected",
    () => session.terminal.screen.styleOf("event 165.").split(";").includes("7"),
  );
  session.type("n", "n");
  await session.shows("There is no later match");
});

Deno.test("tau closes the expanded event when the list goes elsewhere", async () => {
  await using session = await TauSession.start({ events: mixed(35) });
  await session.shows("event 34.");
  session.type(KEY.enter);
  await session.shows("content:");
  session.type("/", "ERROR", KEY.enter);
  await session.hides("content:");
  await session.shows("event 30.");
  session.type(KEY.enter);
  await session.shows("content:");
  session.type(":", "0%", KEY.enter);
  await session.hides("content:");
  await session.shows("event 0.");
});

Deno.test("tau says that the filter's pattern takes too long to look for the next match", async () => {
  await using session = await TauSession.start({
    events: numbered(1, () => ({ content: "aaax" })),
    criteria: { content: "(a|aa)+\\1x$" },
  });
  await session.shows("aaax");
  session.type("c");
  await session.shows("context: all of source");
  await session.finder.push(numbered(1, () => ({ content: `${"a".repeat(60)}c` }), 1));
  await session.shows("2 events");
  session.type("n");
  await session.shows("takes too long");
});
