import assert from "node:assert/strict";
import { numbered } from "./numbered_events.ts";
import { KEY, TauSession } from "./tau_session.ts";

Deno.test("tau tells all that is wrong with a line, in rows below it", async () => {
  await using session = await TauSession.start({ events: numbered(30) });
  await session.shows("event 29");
  session.type("/", "since:nonsense", KEY.enter);
  await session.shows(/^filter: since:nonsense\nsince: Cannot read time 'nonsense': expected/m);
  await session.shows("today or yesterday");
  assert.ok(session.text.includes("event 29") === false, "the rows cover the end of the list");
  session.type(KEY.backspace);
  await session.shows("? help");
  await session.shows("event 29");
});

Deno.test("tau keeps a row of the list on a low screen, and says the rest with a mark", async () => {
  await using session = await TauSession.start({ events: numbered(30), columns: 30, rows: 5 });
  await session.shows("event 29");
  session.type("/", "since:nonsense", KEY.enter);
  await session.shows(/^filter: since:nonsense\n.*\n.*…$/m);
});

Deno.test("tau takes the paste of a long line of wide characters without standing still", async () => {
  await using session = await TauSession.start({ events: numbered(3) });
  await session.shows("event 2");
  const { frames } = session.terminal;
  session.type("/", `\x1b[200~${"語".repeat(4000)}\x1b[201~`);
  await session.shows(/^filter: 語+$/m);
  session.type("x");
  await session.shows(/語x$/m);
  assert.ok(session.terminal.frames > frames);
});

Deno.test("tau says messages of any length in full", async () => {
  await using session = await TauSession.start({ events: numbered(3) });
  await session.shows("event 2");
  const path = `/no/such/directory/${"x".repeat(90)}/end.csv`;
  session.type("s", "\x15", path, KEY.enter);
  await session.shows(/No such file or\s+directory/);
});
