import assert from "node:assert/strict";
import { createEvent } from "../../../lib/event/event.ts";
import { numbered } from "./numbered_events.ts";
import { KEY, TauSession } from "./tau_session.ts";

Deno.test("tau shows the newest events, the last in the last row, and follows", async () => {
  await using session = await TauSession.start({ events: numbered(100) });
  await session.shows("event 99");
  await session.shows(/● live .* 100 events/);
  const rows = session.text.split("\n");
  assert.ok(rows[21]?.endsWith("event 99"), session.text);
  assert.ok(rows[5]?.endsWith("event 83"), session.text);
  assert.match(session.terminal.screen.styleOf("event 99"), /7/);
  await session.finder.push(numbered(2, undefined, 100));
  await session.shows(/event 100\n.*event 101\n/);
  await session.shows("102 events");
});

Deno.test("tau leaves the terminal as it was: after q, Ctrl-C, a signal, a crash, a lost terminal", async () => {
  const ends: readonly ((session: TauSession) => void)[] = [
    (session) => session.type("q"),
    (session) => session.type("\x03"),
    (session) => session.type("/abc", "\x03", "\x03"),
    (session) => session.stop(),
    (session) => session.terminal.close(),
  ];
  for (const end of ends) {
    await using session = await TauSession.start({ events: numbered(5) });
    await session.shows("event 4");
    const { terminal } = session;
    assert.ok(terminal.isRaw && terminal.screen.modes.has("1049"));
    assert.ok(!terminal.screen.isSane);
    end(session);
    await session.ended;
    assert.ok(terminal.screen.isSane, [...terminal.screen.modes].join());
    assert.ok(!terminal.isRaw);
    assert.equal(terminal.listeners, 0);
  }
  await using session = await TauSession.start();
  session.terminal.crash();
  assert.ok(session.terminal.screen.isSane && !session.terminal.isRaw);
});

Deno.test("tau leaves a line that is being typed by Ctrl-C, and nothing else", async () => {
  await using session = await TauSession.start({ events: numbered(5) });
  await session.shows("event 4");
  session.type("/abc");
  await session.shows("filter: abc");
  session.type("\x03");
  await session.hides("filter: abc");
  session.type("/", "event 2", KEY.enter);
  await session.hides("event 4");
  await session.shows(/1 event$/m);
});

Deno.test("tau gives the terminal back while it is suspended, and takes it again", async () => {
  await using session = await TauSession.start({ events: numbered(5) });
  await session.shows("event 4");
  const { terminal } = session;
  session.type("\x1a");
  await session.until("it to be suspended", () => terminal.suspended === 1);
  assert.ok(terminal.screen.isSane && !terminal.isRaw);
  await session.finder.push(numbered(1, undefined, 5));
  assert.ok(!session.text.includes("event"));
  terminal.signal("continue");
  await session.shows("event 5");
  assert.ok(terminal.isRaw);
  terminal.signal("suspend");
  assert.equal(terminal.suspended, 2);
  terminal.signal("continue");
  await session.shows("event 5");
  terminal.isStoppable = false;
  session.type("\x1a");
  await session.shows("Cannot suspend tau");
  assert.ok(terminal.isRaw && session.text.includes("event 5"));
  terminal.isStoppable = true;
  terminal.isTrusted = false;
  session.type("k", "\x1a");
  await session.shows("Cannot suspend tau");
  assert.equal(terminal.suspended, 2);
});

Deno.test("tau scrolls up out of following, counts what is new, and follows again by G", async () => {
  await using session = await TauSession.start({ events: numbered(50) });
  await session.shows("event 49");
  session.type("k", KEY.up);
  await session.shows("● browsing");
  await session.finder.push(numbered(3, undefined, 50));
  await session.shows("3 new ↓");
  assert.ok(!session.text.includes("event 52"));
  session.type("G");
  await session.shows("event 52");
  await session.shows("● live");
  assert.ok(!session.text.includes("new ↓"));
  session.type(KEY.wheelUp);
  await session.shows("● browsing");
  session.type("j", "j", "j", "j", "j", "j", "j");
  await session.shows("● live");
});

Deno.test("tau pauses and goes on without a gap", async () => {
  await using session = await TauSession.start({ events: numbered(50) });
  await session.shows("event 49");
  session.type(" ");
  await session.shows("● paused");
  await session.finder.push(numbered(500, undefined, 50));
  await session.shows("500 new ↓");
  assert.ok(session.text.includes("event 49") && !session.text.includes("event 50"));
  session.type(" ");
  await session.shows("event 549");
  assert.deepEqual(await session.readAll(), Array.from({ length: 550 }, (_, i) => i));
});

Deno.test("tau filters by what is typed, marks matches, and tells what is wrong with a filter", async () => {
  await using session = await TauSession.start({
    events: numbered(60, (number) => ({ source: number % 2 ? "/odd" : "/even", tags: ["t"] })),
  });
  await session.shows("event 59");
  session.type("/", "[13]5 source:/odd tag:t", KEY.enter);
  await session.hides("event 59");
  await session.shows(/event 15\n.*event 35\n/);
  assert.ok(!session.text.includes("event 45"));
  await session.shows("filter: [13]5 source:/odd tag:t");
  assert.match(session.terminal.screen.styleOf("15"), /1;4;30;43/);
  await session.shows("2 events");
  session.type("/", "\x15", "event (", KEY.enter);
  await session.shows(/filter: event \(\s+content: .*\(/);
  session.type("\x15", "since:nonsense", KEY.enter);
  await session.shows("since: Cannot read time 'nonsense'");
  session.type("\x15", "sorce:/odd", KEY.enter);
  await session.shows("did you mean 'source:'");
  session.type("\x15", "no such", KEY.enter);
  await session.shows("No event matches the filter");
  // The history: up from an empty line.
  session.type("/", "\x15", KEY.up, KEY.up);
  await session.shows("filter: [13]5 source:/odd tag:t");
  session.type(KEY.enter);
  await session.shows(/event 15\n.*event 35\n/);
  session.type(KEY.escape);
  await session.shows("event 59");
});

Deno.test("tau tells how a source pattern finds what it does not find at the beginning", async () => {
  await using session = await TauSession.start({
    events: numbered(3, () => ({ source: "/var/log/nginx/access.log" })),
  });
  await session.shows("event 2");
  session.type("/", "source:nginx", KEY.enter);
  await session.shows(/matches from the beginning; anywhere:\n +source:\.\*nginx\n/);
  session.type("/", "\x15", "source:.*nginx", KEY.enter);
  await session.shows("event 2");
});

Deno.test("tau tells how several tags are asked for", async () => {
  await using session = await TauSession.start({
    events: numbered(3, () => ({ tags: ["a", "b"] })),
  });
  await session.shows("event 2");
  session.type("/", "tag:a,b", KEY.enter);
  await session.shows(/none has a comma;[^]*tag:a tag:b/);
  session.type("/", "\x15", "tag:a tag:b", KEY.enter);
  await session.shows("event 2");
});

Deno.test("tau tells how to send a first event", async () => {
  await using session = await TauSession.start();
  await session.shows("No events yet");
  await session.shows(/^ +theia watch .*-f \/var\/log\/syslog$/m);
  await session.shows(/^ +curl http.*\\\n +-d '\{/m);
});

Deno.test("tau follows with the filter", async () => {
  await using session = await TauSession.start({
    events: numbered(10),
    criteria: { content: "[05]$" },
  });
  await session.shows(/event 0\n.*event 5\n/);
  await session.finder.push(numbered(20, undefined, 10));
  await session.shows(/event 10\n.*event 15\n.*event 20\n.*event 25\n/);
  assert.ok(!session.text.includes("event 26"));
});

Deno.test("tau expands an event: all headers, wrapped content, bytes, scrolling", async () => {
  const content = `first line\n${"0123456789".repeat(150)}\n\tlast`;
  const event = createEvent({
    id: "the id",
    timestamp: 1_700_000_000.25,
    source: "/src",
    tags: ["a", "b"],
    headers: ["offset: 4096", "x-more: y"],
    content,
  });
  await using session = await TauSession.start({ events: [event] });
  await session.shows("first line\\n0123");
  session.type(KEY.enter);
  await session.shows("header:    offset: 4096");
  for (const shown of ["the id", "1700000000.25", "/src", "a, b", "x-more: y"]) {
    assert.ok(session.text.includes(shown), `${shown} in\n${session.text}`);
  }
  assert.equal(session.text.match(/0123456789/g)?.length, 64);
  session.type("j", "j");
  await session.hides("the id");
  session.type(KEY.end);
  await session.shows("    last");
  session.type("g", "w");
  await session.shows("the id");
  await session.until("one row of digits", () => session.text.match(/0123456789/g)?.length === 8);
  session.type("l");
  await session.shows(/^678901/m);
  session.type("x");
  await session.shows("0000000 65 76 65 6e 74 3a 20");
  session.type("G");
  await session.shows("last.");
  session.type("q");
  await session.shows("first line\\n0123");
});

Deno.test("tau shows all of a source around an event, and goes back", async () => {
  await using session = await TauSession.start({
    events: numbered(3000, (number) => ({ source: number % 3 === 0 ? "a.b" : "axb" })),
    criteria: { content: "^event 1500$" },
  });
  await session.shows("event 1500");
  session.type("c");
  await session.shows(/event 1497\n.*event 1500\n.*event 1503\n/);
  await session.shows("context: all of source a.b");
  assert.match(session.terminal.screen.styleOf("event 1500"), /7/);
  assert.ok(!session.text.includes("event 1501"));
  session.type(KEY.pageUp, KEY.pageUp);
  await session.shows("event 1440");
  session.type(KEY.escape);
  await session.hides("event 1440");
  await session.shows("event 1500");
});

Deno.test("tau keeps to the last row of a screen of any size", async () => {
  await using session = await TauSession.start({ events: numbered(200) });
  await session.shows("event 199");
  for (const [columns, rows] of [[40, 10], [200, 50], [80, 24]] as const) {
    session.terminal.resize(columns, rows);
    if (columns >= 40) await session.shows("event 199");
  }
  await session.shows("event 199");
});

Deno.test("tau without Unicode sends ASCII only", async () => {
  await using session = await TauSession.start({
    events: numbered(30, () => ({ content: "Grüße 漢字", tags: ["ä"] })),
    unicode: false,
    colors: false,
  });
  await session.shows("Gr??e ????");
  // deno-lint-ignore no-control-regex -- all of ASCII
  assert.match(session.text, /^[\x00-\x7f]*$/);
});

Deno.test("tau copies what is printable of a content", async () => {
  const content = `start\x1b]52;c;eA==\x07\u202eend\n${"x".repeat(100_000)}`;
  await using session = await TauSession.start({ events: [createEvent({ content })] });
  await session.shows("start");
  session.type("y");
  await session.until("the clipboard", () => session.terminal.screen.clipboard !== undefined);
  const { clipboard = "" } = session.terminal.screen;
  assert.ok(clipboard.startsWith("start]52;c;eA==end\nxxx"), clipboard.slice(0, 40));
  assert.ok(clipboard.length <= 65_536);
});

Deno.test("tau jumps to a time, to a part, by a click on the histogram, and says what is no time", async () => {
  await using session = await TauSession.start({ events: numbered(5000) });
  await session.shows("5,000 events");
  const selected = async (number: number) => {
    await session.until(`event ${number} to be selected`, () => {
      if (!session.text.includes(`event ${number}\n`)) return false;
      return /7/.test(session.terminal.screen.styleOf(`event ${number}`));
    });
  };
  session.type(":", "1700001234", KEY.enter);
  await selected(1234);
  session.type("t", "100%", KEY.enter);
  await selected(4999);
  session.type("t", "0%", KEY.enter);
  await selected(0);
  // The middle of the first row of the bars.
  const column = session.text.split("\n")[3]?.length ?? 0;
  session.type(`\x1b[<0;${column >> 1};4M`);
  await session.until("the middle", () => / 4[5-9]% | 5[0-5]% /.test(session.text));
  session.type("t", "never", KEY.enter);
  await session.shows("Cannot read time 'never'");
  session.type("\x15", "200%", KEY.enter);
  await session.shows("there are 100% only");
  session.type(KEY.escape);
  await session.hides("100% only");
});

Deno.test("tau marks, goes from mark to mark, and saves in the format of the name", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await using session = await TauSession.start({ events: numbered(3000) });
    await session.shows("event 2999");
    session.type("m", ":", "1700000010", KEY.enter);
    await session.shows("event 10\n");
    session.type("m");
    await session.shows("◆ 2");
    session.type("'");
    await session.shows("event 2999");
    session.type("'");
    await session.shows("event 10\n");
    for (
      const [end, text] of [["log", "event 10\nevent 2999\n"], [
        "csv",
        /^id,timestamp,source/,
      ]] as const
    ) {
      session.type("s", "\x15", `${directory}/out.${end}`, KEY.enter);
      await session.shows("Saved 2 events");
      const saved = await Deno.readTextFile(`${directory}/out.${end}`);
      if (typeof text === "string") assert.equal(saved, text);
      else assert.match(saved, text);
      session.type("j");
      await session.hides("Saved 2 events");
    }
    session.type("s", "\x15", `${directory}/no/such/out`, KEY.enter);
    await session.shows("Cannot write file");
    // Without marks, all that is found.
    session.type("G");
    await session.shows("event 2999");
    session.type("m", "'");
    await session.shows("event 10\n");
    session.type("m");
    await session.hides("◆");
    session.type("s", "\x15", `${directory}/all.events`, KEY.enter);
    await session.shows("Saved 3,000 events");
    const all = await Deno.readTextFile(`${directory}/all.events`);
    assert.equal(all.match(/^event: \d+ \d+ \d+$/gm)?.length, 3000);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("tau shows that the collector is lost and when it is tried again, and heals", async () => {
  await using session = await TauSession.start({ events: numbered(10) });
  await session.shows("● live");
  const { finder } = session;
  finder.notice({ kind: "disconnected", url: "ws://test", reason: "the cable\x1b[2J is out" });
  await session.shows("the cable\\x1b[2J is out");
  finder.notice({ kind: "retrying", delayMs: 2500 });
  await session.shows("● lost, retry in 3 s");
  await session.shows("retry in 2 s");
  finder.notice({ kind: "connected", url: "ws://test" });
  await session.shows("● live");
  finder.notice({ kind: "gap", dropped: 7, since: 1, replayed: false });
  await session.shows("7 events passed by unseen");
});

Deno.test("tau tells all of the reason why there is no collector", async () => {
  await using session = await TauSession.start({ columns: 40 });
  await session.shows("No events yet");
  const reason = "Cannot connect to collector at ws://test: nothing answers there; start it";
  session.finder.notice({ kind: "disconnected", url: "ws://test", reason });
  await session.shows(/^ Waiting for the collector: Cannot\n connect to collector at/m);
  await session.shows(/^ .*start it\n/m);
});

Deno.test("tau shows what a slow search found so far, and answers keys meanwhile", async () => {
  const going = Promise.withResolvers<void>();
  let batches = 0;
  await using session = await TauSession.start({
    events: numbered(500),
    prepare: (finder) => {
      finder.beforeBatch = () => batches++ === 0 ? undefined : going.promise;
    },
  });
  await session.shows("event 499");
  await session.shows("● searching");
  session.type("?");
  await session.shows("type a filter");
  session.type("q");
  await session.finder.push(numbered(1, undefined, 500));
  await session.shows("event 500");
  going.resolve();
  await session.shows("● live");
  assert.deepEqual(await session.readAll(), Array.from({ length: 501 }, (_, i) => i));
});

Deno.test("tau draws few frames however many events come", async () => {
  await using session = await TauSession.start({ events: numbered(10) });
  await session.shows("event 9");
  const { frames } = session.terminal;
  const startedMs = performance.now();
  for (let first = 10; first < 20_010; first += 100) {
    await session.finder.push(numbered(100, undefined, first));
  }
  await session.shows("event 20009");
  const seconds = (performance.now() - startedMs) / 1000;
  const drawn = session.terminal.frames - frames;
  assert.ok(drawn <= seconds * 31 + 5, `${drawn} frames in ${seconds} s`);
});

Deno.test("tau goes to errors, wraps contents, and marks matches also in an expanded event", async () => {
  const words = "word ".repeat(60);
  await using session = await TauSession.start({
    events: numbered(40, (number) => ({
      content: number % 20 === 5 ? `ERROR ${number}: ${words}needle` : `INFO ${number}`,
    })),
    criteria: { content: "INFO|ne{2}dle" },
  });
  await session.shows("INFO 39");
  await session.shows("ERROR 25: word");
  const isSelected = (text: string) =>
    session.until(
      `${text} to be selected`,
      () => session.text.includes(text) && session.terminal.screen.styleOf(text) === "7;91",
    );
  session.type("E");
  await isSelected("ERROR 25");
  session.type("E");
  await isSelected("ERROR 5");
  session.type("E");
  await session.shows("There is no earlier error");
  session.type("e");
  await isSelected("ERROR 25");
  assert.ok(!session.text.includes("needle"));
  session.type("w");
  await session.shows("needle");
  session.type(KEY.enter);
  await session.shows("content:");
  assert.match(session.terminal.screen.styleOf("needle"), /43/);
});

Deno.test("tau shows that a wrapped content goes on after its last row", async () => {
  await using session = await TauSession.start({
    events: ["x".repeat(2000), "y".repeat(100)].map((content) => createEvent({ content })),
  });
  await session.shows("yyy");
  session.type("w");
  await session.shows(/^ +x+…$/m);
  assert.equal(session.text.match(/^.*x/gm)?.length, 8);
  assert.equal(session.text.match(/^.*y…?$/gm)?.length, 2);
  assert.ok(!session.text.includes("y…"));
});

Deno.test("tau shows the year of events that are not of this one", async () => {
  const times = [
    new Date(2005, 5, 14, 15, 16, 1),
    new Date(new Date().getFullYear(), 0, 2, 3, 4, 5),
  ];
  await using session = await TauSession.start({
    columns: 120,
    events: times.map((time, i) =>
      createEvent({ timestamp: time.getTime() / 1000, content: `${i}` })
    ),
  });
  await session.shows(/^ 05-06-14 15:16:01 +0\n 01-02 03:04:05\.000 +1\n/m);
});
