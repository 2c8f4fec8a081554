import assert from "node:assert/strict";
import { createEvent } from "../../../lib/event/event.ts";
import { KEY, numbered, TauBench } from "./tau_bench.ts";

Deno.test("tau shows the newest events, the last in the last row, and follows", async () => {
  await using bench = await TauBench.start({ events: numbered(100) });
  await bench.shows("event 99");
  await bench.shows(/● live .* 100 events/);
  const rows = bench.text.split("\n");
  assert.ok(rows[21]?.endsWith("event 99"), bench.text);
  assert.ok(rows[5]?.endsWith("event 83"), bench.text);
  assert.match(bench.terminal.screen.styleOf("event 99"), /7/);
  await bench.finder.push(numbered(2, undefined, 100));
  await bench.shows(/event 100\n.*event 101\n/);
  await bench.shows("102 events");
});

Deno.test("tau leaves the terminal as it was: after q, Ctrl-C, a signal, a crash, a lost terminal", async () => {
  const ends: readonly ((bench: TauBench) => void)[] = [
    (bench) => bench.type("q"),
    (bench) => bench.type("\x03"),
    (bench) => bench.type("/abc", "\x03"),
    (bench) => bench.stop(),
    (bench) => bench.terminal.close(),
  ];
  for (const end of ends) {
    await using bench = await TauBench.start({ events: numbered(5) });
    await bench.shows("event 4");
    const { terminal } = bench;
    assert.ok(terminal.isRaw && terminal.screen.modes.has("1049"));
    assert.ok(!terminal.screen.isSane);
    end(bench);
    await bench.ended;
    assert.ok(terminal.screen.isSane, [...terminal.screen.modes].join());
    assert.ok(!terminal.isRaw);
    assert.equal(terminal.listeners, 0);
  }
  await using bench = await TauBench.start();
  bench.terminal.crash();
  assert.ok(bench.terminal.screen.isSane && !bench.terminal.isRaw);
});

Deno.test("tau gives the terminal back while it is suspended, and takes it again", async () => {
  await using bench = await TauBench.start({ events: numbered(5) });
  await bench.shows("event 4");
  const { terminal } = bench;
  bench.type("\x1a");
  await bench.until("it to be suspended", () => terminal.suspended === 1);
  assert.ok(terminal.screen.isSane && !terminal.isRaw);
  await bench.finder.push(numbered(1, undefined, 5));
  assert.ok(!bench.text.includes("event"));
  terminal.signal("continue");
  await bench.shows("event 5");
  assert.ok(terminal.isRaw);
  terminal.signal("suspend");
  assert.equal(terminal.suspended, 2);
  terminal.signal("continue");
  await bench.shows("event 5");
  terminal.isTrusted = false;
  bench.type("\x1a");
  await bench.shows("Cannot suspend tau");
  assert.equal(terminal.suspended, 2);
});

Deno.test("tau scrolls up out of following, counts what is new, and follows again by G", async () => {
  await using bench = await TauBench.start({ events: numbered(50) });
  await bench.shows("event 49");
  bench.type("k", KEY.up);
  await bench.shows("● browsing");
  await bench.finder.push(numbered(3, undefined, 50));
  await bench.shows("3 new ↓");
  assert.ok(!bench.text.includes("event 52"));
  bench.type("G");
  await bench.shows("event 52");
  await bench.shows("● live");
  assert.ok(!bench.text.includes("new ↓"));
  bench.type(KEY.wheelUp);
  await bench.shows("● browsing");
  bench.type("j", "j", "j", "j", "j", "j", "j");
  await bench.shows("● live");
});

Deno.test("tau pauses and goes on without a gap", async () => {
  await using bench = await TauBench.start({ events: numbered(50) });
  await bench.shows("event 49");
  bench.type(" ");
  await bench.shows("● paused");
  await bench.finder.push(numbered(500, undefined, 50));
  await bench.shows("500 new ↓");
  assert.ok(bench.text.includes("event 49") && !bench.text.includes("event 50"));
  bench.type(" ");
  await bench.shows("event 549");
  assert.deepEqual(await bench.readAll(), Array.from({ length: 550 }, (_, i) => i));
});

Deno.test("tau filters by what is typed, marks matches, and tells what is wrong with a filter", async () => {
  await using bench = await TauBench.start({
    events: numbered(60, (number) => ({ source: number % 2 ? "/odd" : "/even", tags: ["t"] })),
  });
  await bench.shows("event 59");
  bench.type("/", "[13]5 source:/odd tag:t", KEY.enter);
  await bench.hides("event 59");
  await bench.shows(/event 15\n.*event 35\n/);
  assert.ok(!bench.text.includes("event 45"));
  await bench.shows("filter: [13]5 source:/odd tag:t");
  assert.match(bench.terminal.screen.styleOf("15"), /1;4;30;43/);
  await bench.shows("2 events");
  bench.type("/", "\x15", "event (", KEY.enter);
  await bench.shows(/filter: event \(\s+content: .*\(/);
  bench.type("\x15", "since:nonsense", KEY.enter);
  await bench.shows("since: Cannot read time 'nonsense'");
  bench.type("\x15", "sorce:/odd", KEY.enter);
  await bench.shows("did you mean 'source:'");
  bench.type("\x15", "no such", KEY.enter);
  await bench.shows("No event matches the filter");
  // The history: up from an empty line.
  bench.type("/", "\x15", KEY.up, KEY.up);
  await bench.shows("filter: [13]5 source:/odd tag:t");
  bench.type(KEY.enter);
  await bench.shows(/event 15\n.*event 35\n/);
  bench.type(KEY.escape);
  await bench.shows("event 59");
});

Deno.test("tau tells how a source pattern finds what it does not find at the beginning", async () => {
  await using bench = await TauBench.start({
    events: numbered(3, () => ({ source: "/var/log/nginx/access.log" })),
  });
  await bench.shows("event 2");
  bench.type("/", "source:nginx", KEY.enter);
  await bench.shows(/matches from the beginning; anywhere:\n +source:\.\*nginx\n/);
  bench.type("/", "\x15", "source:.*nginx", KEY.enter);
  await bench.shows("event 2");
});

Deno.test("tau tells how to send a first event", async () => {
  await using bench = await TauBench.start();
  await bench.shows("No events yet");
  await bench.shows(/^ +theia watch .*-f \/var\/log\/syslog$/m);
  await bench.shows(/^ +curl http.*\\\n +-d '\{/m);
});

Deno.test("tau follows with the filter", async () => {
  await using bench = await TauBench.start({
    events: numbered(10),
    criteria: { content: "[05]$" },
  });
  await bench.shows(/event 0\n.*event 5\n/);
  await bench.finder.push(numbered(20, undefined, 10));
  await bench.shows(/event 10\n.*event 15\n.*event 20\n.*event 25\n/);
  assert.ok(!bench.text.includes("event 26"));
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
  await using bench = await TauBench.start({ events: [event] });
  await bench.shows("first line\\n0123");
  bench.type(KEY.enter);
  await bench.shows("header:    offset: 4096");
  for (const shown of ["the id", "1700000000.25", "/src", "a, b", "x-more: y"]) {
    assert.ok(bench.text.includes(shown), `${shown} in\n${bench.text}`);
  }
  assert.equal(bench.text.match(/0123456789/g)?.length, 64);
  bench.type("j", "j");
  await bench.hides("the id");
  bench.type(KEY.end);
  await bench.shows("    last");
  bench.type("g", "w");
  await bench.shows("the id");
  await bench.until("one row of digits", () => bench.text.match(/0123456789/g)?.length === 8);
  bench.type("l");
  await bench.shows(/^678901/m);
  bench.type("x");
  await bench.shows("0000000 65 76 65 6e 74 3a 20");
  bench.type("G");
  await bench.shows("last.");
  bench.type("q");
  await bench.shows("first line\\n0123");
});

Deno.test("tau shows all of a source around an event, and goes back", async () => {
  await using bench = await TauBench.start({
    events: numbered(3000, (number) => ({ source: number % 3 === 0 ? "a.b" : "axb" })),
    criteria: { content: "^event 1500$" },
  });
  await bench.shows("event 1500");
  bench.type("c");
  await bench.shows(/event 1497\n.*event 1500\n.*event 1503\n/);
  await bench.shows("context: all of source a.b");
  assert.match(bench.terminal.screen.styleOf("event 1500"), /7/);
  assert.ok(!bench.text.includes("event 1501"));
  bench.type(KEY.pageUp, KEY.pageUp);
  await bench.shows("event 1440");
  bench.type(KEY.escape);
  await bench.hides("event 1440");
  await bench.shows("event 1500");
});

Deno.test("tau keeps to the last row of a screen of any size", async () => {
  await using bench = await TauBench.start({ events: numbered(200) });
  await bench.shows("event 199");
  for (const [columns, rows] of [[40, 10], [200, 50], [80, 24]] as const) {
    bench.terminal.resize(columns, rows);
    if (columns >= 40) await bench.shows("event 199");
  }
  await bench.shows("event 199");
});

Deno.test("tau without Unicode sends ASCII only", async () => {
  await using bench = await TauBench.start({
    events: numbered(30, () => ({ content: "Grüße 漢字", tags: ["ä"] })),
    unicode: false,
    colors: false,
  });
  await bench.shows("Gr??e ????");
  // deno-lint-ignore no-control-regex -- all of ASCII
  assert.match(bench.text, /^[\x00-\x7f]*$/);
});

Deno.test("tau copies what is printable of a content", async () => {
  const content = `start\x1b]52;c;eA==\x07\u202eend\n${"x".repeat(100_000)}`;
  await using bench = await TauBench.start({ events: [createEvent({ content })] });
  await bench.shows("start");
  bench.type("y");
  await bench.until("the clipboard", () => bench.terminal.screen.clipboard !== undefined);
  const { clipboard = "" } = bench.terminal.screen;
  assert.ok(clipboard.startsWith("start]52;c;eA==end\nxxx"), clipboard.slice(0, 40));
  assert.ok(clipboard.length <= 65_536);
});

Deno.test("tau jumps to a time, to a part, by a click on the histogram, and says what is no time", async () => {
  await using bench = await TauBench.start({ events: numbered(5000) });
  await bench.shows("5,000 events");
  const selected = async (number: number) => {
    await bench.until(`event ${number} to be selected`, () => {
      if (!bench.text.includes(`event ${number}\n`)) return false;
      return /7/.test(bench.terminal.screen.styleOf(`event ${number}`));
    });
  };
  bench.type(":", "1700001234", KEY.enter);
  await selected(1234);
  bench.type("t", "100%", KEY.enter);
  await selected(4999);
  bench.type("t", "0%", KEY.enter);
  await selected(0);
  // The middle of the first row of the bars.
  const column = bench.text.split("\n")[3]?.length ?? 0;
  bench.type(`\x1b[<0;${column >> 1};4M`);
  await bench.until("the middle", () => / 4[5-9]% | 5[0-5]% /.test(bench.text));
  bench.type("t", "never", KEY.enter);
  await bench.shows("Cannot read time 'never'");
  bench.type("\x15", "200%", KEY.enter);
  await bench.shows("there are 100% only");
  bench.type(KEY.escape);
  await bench.hides("100% only");
});

Deno.test("tau marks, goes from mark to mark, and saves in the format of the name", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await using bench = await TauBench.start({ events: numbered(3000) });
    await bench.shows("event 2999");
    bench.type("m", ":", "1700000010", KEY.enter);
    await bench.shows("event 10\n");
    bench.type("m");
    await bench.shows("◆ 2");
    bench.type("'");
    await bench.shows("event 2999");
    bench.type("'");
    await bench.shows("event 10\n");
    for (
      const [end, text] of [["log", "event 10\nevent 2999\n"], [
        "csv",
        /^id,timestamp,source/,
      ]] as const
    ) {
      bench.type("s", "\x15", `${directory}/out.${end}`, KEY.enter);
      await bench.shows("Saved 2 events");
      const saved = await Deno.readTextFile(`${directory}/out.${end}`);
      if (typeof text === "string") assert.equal(saved, text);
      else assert.match(saved, text);
      bench.type("j");
      await bench.hides("Saved 2 events");
    }
    bench.type("s", "\x15", `${directory}/no/such/out`, KEY.enter);
    await bench.shows("Cannot write file");
    // Without marks, all that is found.
    bench.type("G");
    await bench.shows("event 2999");
    bench.type("m", "'");
    await bench.shows("event 10\n");
    bench.type("m");
    await bench.hides("◆");
    bench.type("s", "\x15", `${directory}/all.events`, KEY.enter);
    await bench.shows("Saved 3,000 events");
    const all = await Deno.readTextFile(`${directory}/all.events`);
    assert.equal(all.match(/^event: \d+ \d+ \d+$/gm)?.length, 3000);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("tau shows that the collector is lost and when it is tried again, and heals", async () => {
  await using bench = await TauBench.start({ events: numbered(10) });
  await bench.shows("● live");
  const { finder } = bench;
  finder.notice({ kind: "disconnected", url: "ws://test", reason: "the cable\x1b[2J is out" });
  await bench.shows("the cable\\x1b[2J is out");
  finder.notice({ kind: "retrying", delayMs: 2500 });
  await bench.shows("● lost, retry in 3 s");
  await bench.shows("retry in 2 s");
  finder.notice({ kind: "connected", url: "ws://test" });
  await bench.shows("● live");
  finder.notice({ kind: "gap", dropped: 7, since: 1, replayed: false });
  await bench.shows("7 events passed by unseen");
});

Deno.test("tau tells all of the reason why there is no collector", async () => {
  await using bench = await TauBench.start({ columns: 40 });
  await bench.shows("No events yet");
  const reason = "Cannot connect to collector at ws://test: nothing answers there; start it";
  bench.finder.notice({ kind: "disconnected", url: "ws://test", reason });
  await bench.shows(/^ Waiting for the collector: Cannot\n connect to collector at/m);
  await bench.shows(/^ .*start it\n/m);
});

Deno.test("tau shows what a slow search found so far, and answers keys meanwhile", async () => {
  const going = Promise.withResolvers<void>();
  let batches = 0;
  await using bench = await TauBench.start({
    events: numbered(500),
    prepare: (finder) => {
      finder.beforeBatch = () => batches++ === 0 ? undefined : going.promise;
    },
  });
  await bench.shows("event 499");
  await bench.shows("● searching");
  bench.type("?");
  await bench.shows("type a filter");
  bench.type("q");
  await bench.finder.push(numbered(1, undefined, 500));
  await bench.shows("event 500");
  going.resolve();
  await bench.shows("● live");
  assert.deepEqual(await bench.readAll(), Array.from({ length: 501 }, (_, i) => i));
});

Deno.test("tau draws few frames however many events come", async () => {
  await using bench = await TauBench.start({ events: numbered(10) });
  await bench.shows("event 9");
  const { frames } = bench.terminal;
  const startedMs = performance.now();
  for (let first = 10; first < 20_010; first += 100) {
    await bench.finder.push(numbered(100, undefined, first));
  }
  await bench.shows("event 20009");
  const seconds = (performance.now() - startedMs) / 1000;
  const drawn = bench.terminal.frames - frames;
  assert.ok(drawn <= seconds * 31 + 5, `${drawn} frames in ${seconds} s`);
});

Deno.test("tau goes to errors, wraps contents, and marks matches also in an expanded event", async () => {
  const words = "word ".repeat(60);
  await using bench = await TauBench.start({
    events: numbered(40, (number) => ({
      content: number % 20 === 5 ? `ERROR ${number}: ${words}needle` : `INFO ${number}`,
    })),
    criteria: { content: "INFO|ne{2}dle" },
  });
  await bench.shows("INFO 39");
  await bench.shows("ERROR 25: word");
  const isSelected = (text: string) =>
    bench.until(
      `${text} to be selected`,
      () => bench.text.includes(text) && bench.terminal.screen.styleOf(text) === "7;91",
    );
  bench.type("E");
  await isSelected("ERROR 25");
  bench.type("E");
  await isSelected("ERROR 5");
  bench.type("E");
  await bench.shows("No earlier error is loaded");
  bench.type("e");
  await isSelected("ERROR 25");
  assert.ok(!bench.text.includes("needle"));
  bench.type("w");
  await bench.shows("needle");
  bench.type(KEY.enter);
  await bench.shows("content:");
  assert.match(bench.terminal.screen.styleOf("needle"), /43/);
});

Deno.test("tau shows the year of events that are not of this one", async () => {
  const times = [
    new Date(2005, 5, 14, 15, 16, 1),
    new Date(new Date().getFullYear(), 0, 2, 3, 4, 5),
  ];
  await using bench = await TauBench.start({
    columns: 120,
    events: times.map((time, i) =>
      createEvent({ timestamp: time.getTime() / 1000, content: `${i}` })
    ),
  });
  await bench.shows(/^ 05-06-14 15:16:01 +0\n 01-02 03:04:05\.000 +1\n/m);
});
