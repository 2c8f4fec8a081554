import assert from "node:assert/strict";
import { Client } from "../../lib/client/client.ts";
import { concatBytes } from "../../lib/base/bytes.ts";
import type { Criteria } from "../../lib/event/criteria.ts";
import { createEvent } from "../../lib/event/event.ts";
import { serializeEvent } from "../../lib/event/text_format.ts";
import { FakeCollector } from "../client/fake_collector.ts";
import { until } from "../e2e/until.ts";
import { RunningCollector, RunningCommand, runToEnd } from "./running_command.ts";

/** A collector with some events, and the arguments to ask it. */
async function startFilled(): Promise<RunningCollector & { readonly client: Client }> {
  const collector = await RunningCollector.start("--store", "memory:");
  const client = await Client.connect({ port: Number(collector.port) });
  await client.send([
    createEvent({ id: "1", timestamp: 1000.5, source: "/web", tags: ["a", "b"], content: "up" }),
    createEvent({ id: "2", timestamp: 2000, source: "/db", tags: ["b"], content: "down\x1b[2J" }),
    createEvent({ id: "3", timestamp: 3000, source: "/web", tags: [], content: "line 1\nline 2" }),
  ]);
  return Object.assign(collector, { client });
}

Deno.test("query prints what is found, in the order and the format asked for", async () => {
  await using collector = await startFilled();
  await using _client = collector.client;
  const rows: readonly (readonly [args: string[], expected: string])[] = [
    [["-F", "{id}"], "1\n2\n3\n"],
    [["-F", "{id}", "-o", "desc"], "3\n2\n1\n"],
    [["-F", "{id}", "--limit", "1"], "1\n"],
    [["-F", "{id}", "-t", "b", "a"], "1\n"],
    [["-F", "{id}", "-t", "a", "-t", "b"], "1\n"],
    [["-F", "{id}", "-s", "/w"], "1\n3\n"],
    [["-F", "{id}", "-a", "1500", "-b", "2500"], "2\n"],
    [["-F", "{id}", "-c", "^(?P<word>up|line)"], "1\n3\n"],
    [["-F", "{id}", "--id", "[23]"], "2\n3\n"],
    [["-F", "{timestamp} {tags:5}|", "-T", "", "--id", "1"], "1000.5 a,b  |\n"],
    [["-F", "{content}", "--id", "2"], "down\x1b[2J\n"],
    [["-F", "{content}", "--id", "3"], "line 1\nline 2\n"],
    [["--id", "none"], ""],
  ];
  for (const [args, expected] of rows) {
    const { code, stdout, stderr } = await runToEnd(["query", "-P", collector.port, ...args]);
    assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: expected, stderr: "" });
  }
});

Deno.test("query shows control characters of events on a terminal, and obeys those of the format", async () => {
  await using collector = await startFilled();
  await using _client = collector.client;
  const args = ["query", "-P", collector.port, "--id", "2", "-F", "\x1b[1m{content}"];
  const { stdout } = await runToEnd(args, { terminal: true });
  assert.equal(stdout, "\x1b[1mdown\\x1b[2J\n");
});

Deno.test("query tells a person that nothing was found, and what finds a source anywhere", async () => {
  await using collector = await startFilled();
  await using _client = collector.client;
  const rows: readonly (readonly [args: string[], hint: RegExp])[] = [
    [["-s", "db"], /^No event matches\. A pattern.* -s '\.\*db'\n$/],
    [["-s", "db", "--count"], /^No event matches\. A pattern.* -s '\.\*db'\n$/],
    [["--id", "x"], /^No event matches\. A pattern.* --id '\.\*x'\n$/],
    [["-t", "b", "a,b"], /^No event matches\. A pattern of tag .* -t 'b' 'a' 'b'\n$/],
    [["-t", "[a,b]"], /^$/],
    [["-a", "2h", "-b", "3h"], /^No event matches\. .*-b is earlier\.\n$/],
    [["-s", ".*db"], /^$/],
    [["-s", ".*none"], /^No event matches\.\n$/],
    [["-c", "none", "--histogram", "1m"], /^No event matches\.\n$/],
  ];
  for (const [args, hint] of rows) {
    const { code, stderr } = await runToEnd(["query", "-P", collector.port, ...args], {
      terminal: true,
    });
    assert.equal(code, 0);
    assert.match(stderr, hint);
    assert.equal((await runToEnd(["query", "-P", collector.port, ...args])).stderr, "");
  }
});

Deno.test("query tells who types options of other programs of its own", async () => {
  const rows: readonly (readonly [args: string[], hint: RegExp])[] = [
    [["-o", "json"], /current value is 'json'; what is printed is chosen by '--format'\n/],
    [["-r"], /did you mean '-o\/--order'/],
    [["-u", "nginx"], /did you mean '-s\/--source'/],
    [["-g", "x"], /did you mean '-c\/--content'/],
    [["--lines", "3"], /did you mean '-n\/--tail'/],
    [["--json"], /did you mean '--format'/],
  ];
  for (const [args, hint] of rows) {
    const { code, stderr } = await runToEnd(["query", ...args]);
    assert.equal(code, 2);
    assert.match(stderr, hint);
  }
});

Deno.test("query reports events that its format cannot show, prints the others, and fails", async () => {
  await using collector = await startFilled();
  await using client = collector.client;
  await client.send([createEvent({ id: "4", timestamp: 4000, content: "" })]);
  const args = ["query", "-P", collector.port, "-a", "2500", "-F", "{content[0]}"];
  const { code, stdout, stderr } = await runToEnd(args);
  assert.equal(code, 1);
  assert.equal(stdout, "l\n");
  assert.match(stderr, /^warning: Cannot show event '4': .*\n$/);
});

Deno.test("query --live prints events as they come, until it is stopped", async () => {
  await using collector = await startFilled();
  await using client = collector.client;
  const args = [
    "query",
    "--live",
    "-P",
    collector.port,
    "-F",
    "{content}",
    "-t",
    "new",
    "--verbose",
  ];
  await using query = new RunningCommand(args);
  await query.stderr.match(/Connected/);
  // Connected is not subscribed yet: what is sent until then is seen by nobody.
  for (let i = 0; query.stdout.text === ""; i++) {
    await client.send([createEvent({ tags: ["new"], content: `event ${i}` })]);
  }
  const seen = query.stdout.lines.length;
  await client.send([createEvent({ tags: ["old"], content: "not this" })]);
  await client.send([createEvent({ tags: ["new"], content: "last" })]);
  await query.stdout.match(/last\n/);
  assert.equal(await query.stop(), 0);
  assert(query.stdout.lines.length > seen);
  assert(!query.stdout.text.includes("not this"));
});

Deno.test("query --live --limit ends by itself", async () => {
  await using collector = await startFilled();
  await using client = collector.client;
  const query = new RunningCommand(["query", "-l", "-P", collector.port, "--limit", "2"]);
  const sending = setInterval(() => void client.sendEvent(createEvent()).catch(() => {}), 5);
  assert.equal(await query.ended, 0);
  clearInterval(sending);
  await client.flush();
  assert.equal(query.stdout.lines.length, 2);
});

Deno.test("query ends quietly when its output is closed, also while it follows", async () => {
  await using collector = await startFilled();
  await using client = collector.client;
  for (const more of [[], ["--live"]]) {
    const query = new RunningCommand(["query", "-P", collector.port, ...more]);
    query.stdout.isClosed = true;
    const sending = setInterval(() => void client.sendEvent(createEvent()).catch(() => {}), 5);
    assert.equal(await query.ended, 0);
    clearInterval(sending);
    await client.flush();
    assert.equal(query.stderr.text, "");
  }
});

Deno.test("query fails with one line when the collector cannot be reached", async () => {
  for (const live of [[], ["--live"]]) {
    for (const host of ["localhost", "no.such.host.invalid"]) {
      const { code, stderr } = await runToEnd(["query", "-H", host, "-P", "1", ...live]);
      assert.equal(code, 1);
      assert.match(stderr, /^error: Cannot connect [^\n]*\n$/);
    }
  }
});

Deno.test("query --format writes JSON lines, logfmt, CSV and contents as they are", async () => {
  await using collector = await startFilled();
  await using _client = collector.client;
  const rows: readonly (readonly [args: string[], expected: string])[] = [
    [
      ["--format", "json", "--limit", "1"],
      '{"id":"1","timestamp":1000.5,"source":"/web","tags":["a","b"],"content":"up","headers":[]}\n',
    ],
    [
      ["--format", "logfmt", "--id", "2"],
      'id=2 timestamp=2000 source=/db tags=b content="down\\u001b[2J"\n',
    ],
    [
      ["--format", "csv", "-a", "2500"],
      'id,timestamp,source,tags,content,headers\r\n3,3000,/web,,"line 1\nline 2",\r\n',
    ],
    [["--format", "csv", "--id", "none"], "id,timestamp,source,tags,content,headers\r\n"],
    [["--format", "raw"], "up\ndown\x1b[2J\nline 1\nline 2\n"],
    [["--format", "text", "-F", "{id}"], "1\n2\n3\n"],
  ];
  for (const [args, expected] of rows) {
    const { code, stdout, stderr } = await runToEnd(["query", "-P", collector.port, ...args]);
    assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: expected, stderr: "" });
  }
});

Deno.test("query colours text on a terminal unless told otherwise", async () => {
  await using collector = await startFilled();
  await using _client = collector.client;
  const args = ["query", "-P", collector.port, "--id", "1", "-c", "u", "-F", "{content}"];
  const marked = "\x1b[1;7mu\x1b[0mp\n";
  const rows: readonly (readonly [
    more: string[],
    options: { readonly terminal?: boolean; readonly color?: boolean },
    expected: string,
  ])[] = [
    [[], { terminal: true, color: true }, marked],
    [[], { terminal: true, color: false }, "up\n"],
    [[], { terminal: false, color: true }, "up\n"],
    [["--color", "never"], { terminal: true, color: true }, "up\n"],
    [["--color", "always"], { terminal: false, color: false }, marked],
  ];
  for (const [more, options, expected] of rows) {
    assert.equal((await runToEnd([...args, ...more], options)).stdout, expected);
  }
});

Deno.test("query shows hostile events inert with colours, also into a pipe", async () => {
  await using collector = await startFilled();
  await using _client = collector.client;
  const args = ["query", "-P", collector.port, "--id", "2", "-F", "{content}", "--color", "always"];
  assert.equal((await runToEnd(args)).stdout, "down\\x1b[2J\n");
});

Deno.test("query --tail prints the last events, oldest first", async () => {
  await using collector = await startFilled();
  await using _client = collector.client;
  const args = ["query", "-P", collector.port, "-F", "{id}"];
  assert.equal((await runToEnd([...args, "--tail", "2"])).stdout, "2\n3\n");
  assert.equal((await runToEnd([...args, "-n", "9", "-s", "/web"])).stdout, "1\n3\n");
  assert.equal((await runToEnd([...args, "-n", "1", "-b", "2500"])).stdout, "2\n");
});

Deno.test("query --context prints what is around, in groups", async () => {
  await using collector = await RunningCollector.start("--store", "memory:");
  await using client = await Client.connect({ port: Number(collector.port) });
  const contents = ["a", "b", "ERROR 1", "c", "d", "e", "ERROR 2", "f"];
  await client.send(
    contents.map((content, i) => createEvent({ timestamp: 1 + i, source: "/web", content })),
  );
  await client.send([createEvent({ timestamp: 3.5, source: "/other", content: "none of these" })]);
  const args = ["query", "-P", collector.port, "-c", "ERROR", "-F", "{content}"];
  const rows: readonly (readonly [args: string[], expected: string])[] = [
    [["-C", "1"], "b\nERROR 1\nc\n--\ne\nERROR 2\nf\n"],
    [["-A", "1", "--limit", "1"], "ERROR 1\nc\n"],
    [["--before-context", "2", "--tail", "1"], "d\ne\nERROR 2\n"],
    [["-C", "2"], "a\nb\nERROR 1\nc\nd\ne\nERROR 2\nf\n"],
  ];
  for (const [more, expected] of rows) {
    assert.equal((await runToEnd([...args, ...more])).stdout, expected, more.join(" "));
  }
  const json = await runToEnd([
    "query",
    "-P",
    collector.port,
    "-c",
    "ERROR",
    "-C",
    "1",
    "--format",
    "json",
  ]);
  assert.equal(json.stdout.trimEnd().split("\n").map((line) => JSON.parse(line)).length, 6);
});

Deno.test("query --follow prints what is stored, then what arrives", async () => {
  await using collector = await startFilled();
  await using client = collector.client;
  for (const [args, stored] of [[[], "1\n2\n3\n"], [["-n", "1"], "3\n"]] as const) {
    const query = [
      "query",
      "--follow",
      "-P",
      collector.port,
      "-F",
      "{id}",
      "--id",
      "[1-9]",
      ...args,
    ];
    await using running = new RunningCommand(query);
    await running.stdout.match(/3\n/);
    assert.equal(running.stdout.text, stored);
    const id = args.length === 0 ? "8" : "9";
    await client.send([createEvent({ id, timestamp: 1 })]);
    await running.stdout.match(new RegExp(`${id}\\n`));
    assert.equal(await running.stop(), 0);
    assert.equal(running.stdout.text, `${stored}${id}\n`);
    if (id === "8") await deleteEvent(collector.port, "8");
  }
});

Deno.test("query --follow asks for what arrived after exactly what was found", async () => {
  for (const [args, since] of [[[], 0], [["--tail", "2"], 42]] as const) {
    const asked: { readonly path: string; readonly criteria: Criteria }[] = [];
    await using collector = new FakeCollector({
      onMessage(peer, message) {
        asked.push({ path: peer.path, criteria: JSON.parse(`${message}`) });
        peer.send("ok");
        if (peer.path !== "/find") return;
        const events = ["b", "a"].map((id) => createEvent({ id, timestamp: 1 }));
        peer.send(concatBytes(events.map(serializeEvent)));
        peer.send({ done: true, matched: 2, scanned: 2, elapsed_ms: 1, cursor: 42 });
      },
    });
    await using running = new RunningCommand(following(collector, "-c", "x", ...args));
    await until("a subscription", () => asked.some(({ path }) => path === "/live"));
    assert.deepEqual(asked.at(-1), { path: "/live", criteria: { content: "x", since } });
    assert.equal(await running.stop(), 0);
    assert.equal(running.stdout.text, since === 0 ? "" : "a\nb\n");
    const found = { path: "/find", criteria: { content: "x", order: "desc", limit: 2 } };
    assert.deepEqual(asked.slice(0, -1), since === 0 ? [] : [found]);
  }
});

Deno.test("query --follow --tail asks again when the collector goes away before the tail is there", async () => {
  await using collector = new FakeCollector({
    onMessage(peer) {
      peer.send("ok");
      if (peer.path !== "/find") return;
      peer.send(serializeEvent(createEvent({ id: "a", timestamp: 1 })));
      if (peer.connection < 3) return peer.socket.close(1001);
      peer.send({ done: true, matched: 1, scanned: 1, elapsed_ms: 1, cursor: 1 });
    },
  });
  await using running = new RunningCommand(following(collector, "-n", "9"));
  await until("a subscription", () => collector.peers.some(({ path }) => path === "/live"));
  assert.equal(await running.stop(), 0);
  assert.equal(running.stdout.text, "a\n");
});

/** A command that follows a collector of ours, printing ids. */
function following({ port }: FakeCollector, ...args: readonly string[]): string[] {
  return ["query", "-f", "-H", "127.0.0.1", "-P", `${port}`, "-F", "{id}", ...args];
}

async function deleteEvent(port: string, id: string): Promise<void> {
  const response = await fetch(`http://localhost:${port}/events/${id}`, { method: "DELETE" });
  await response.body?.cancel();
  assert.equal(response.status, 204);
}

Deno.test("query --count, --histogram and --by count without fetching events", async () => {
  await using collector = await startFilled();
  await using _client = collector.client;
  const rows: readonly (readonly [args: string[], expected: string])[] = [
    [["--count"], "3\n"],
    [["--count", "-c", "o"], "1\n"],
    [["--count", "-t", "b", "-b", "1500", "--format", "json"], '{"count":1}\n'],
    [["--histogram", "1000s"], "1000\t1\n2000\t1\n3000\t1\n"],
    [["--histogram", "1h", "--format", "csv"], "start,count\r\n0,3\r\n"],
    [["--histogram", "auto", "--id", "none"], ""],
    [["--by", "source"], "/web\t2\n/db\t1\n"],
    [
      ["--by", "tag", "--format", "json", "-s", "/web"],
      ["", "a", "b"].map((tag) => `{"tag":${JSON.stringify(tag)},"count":1}\n`).join(""),
    ],
    [["--by", "source", "--histogram", "2000s"], "0\t/web\t1\n2000\t/web\t1\n2000\t/db\t1\n"],
  ];
  for (const [args, expected] of rows) {
    const { code, stdout, stderr } = await runToEnd(["query", "-P", collector.port, ...args]);
    assert.deepEqual(
      { code, stdout, stderr },
      { code: 0, stdout: expected, stderr: "" },
      args.join(" "),
    );
  }
  const top = await runToEnd(["query", "-P", collector.port, "--by", "source", "--top", "1"]);
  assert.equal(top.stdout, "/web\t2\n");
  assert.match(top.stderr, /^1 event of other sources not listed; '--top'/);
});

Deno.test("query --histogram draws bars on a terminal", async () => {
  await using collector = await startFilled();
  await using _client = collector.client;
  for (const args of [["--histogram", "1000s"], ["--histogram", "auto"], ["--by", "source"]]) {
    const all = ["query", "-P", collector.port, ...args];
    const { stdout } = await runToEnd(all, { terminal: true });
    assert.match(stdout, /█/);
    for (const line of stdout.split("\n")) assert(line.length <= 80, line);
  }
});

Deno.test("query says why it cannot count", async () => {
  await using live = await RunningCollector.start("--live");
  const kept = await runToEnd(["query", "--count", "-P", live.port]);
  assert.deepEqual([kept.code, kept.stdout], [1, ""]);
  assert.match(kept.stderr, /^error: Cannot count events at [^\n]*non-persistent[^\n]*\n$/);
  const nowhere = await runToEnd(["query", "--count", "-H", "no.such.host.invalid"]);
  assert.equal(nowhere.code, 1);
  assert.match(nowhere.stderr, /^error: Cannot connect [^\n]*\n$/);
});

Deno.test("query --output writes a whole file or none", async () => {
  await using collector = await startFilled();
  await using _client = collector.client;
  const directory = await Deno.makeTempDir({ prefix: "theia-output-" });
  const path = `${directory}/found.csv`;
  const args = ["query", "-P", collector.port, "--format", "csv", "--output", path];
  const written = await runToEnd(args);
  assert.deepEqual([written.code, written.stdout, written.stderr], [0, "", "3 events written\n"]);
  const text = await Deno.readTextFile(path);
  assert.equal(text.split("\r\n").length, 5);

  const refused = await runToEnd(args);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /exists already.*--force/);
  assert.equal(await Deno.readTextFile(path), text);

  const failed = await runToEnd([...args, "--force", "-P", "1"]);
  assert.equal(failed.code, 1);
  assert.equal(await Deno.readTextFile(path), text);

  assert.equal((await runToEnd([...args, "--force", "--limit", "1"])).code, 0);
  assert.equal((await Deno.readTextFile(path)).split("\r\n").length, 3);
  assert.equal((await runToEnd([...args.slice(0, -1), "-"])).stdout, text);
  const counts = await runToEnd([
    "query",
    "-P",
    collector.port,
    "--count",
    "--output",
    `${directory}/n`,
  ]);
  assert.equal(counts.code, 0);
  assert.equal(await Deno.readTextFile(`${directory}/n`), "3\n");
  assert.deepEqual([...Deno.readDirSync(directory)].map(({ name }) => name).sort(), [
    "found.csv",
    "n",
  ]);
  await Deno.remove(directory, { recursive: true });
});

Deno.test("query --output shows how far it is on a terminal", async () => {
  await using collector = await startFilled();
  await using _client = collector.client;
  const path = await Deno.makeTempFile();
  const args = ["query", "-P", collector.port, "--output", path, "--force"];
  const { code, stderr } = await runToEnd(args, { terminal: true });
  assert.equal(code, 0);
  assert.match(stderr, /^\rquery .*3 events/);
  assert.match(stderr, /3 events written\n$/);
  // A file is no terminal: what is in it is as it is stored.
  assert((await Deno.readTextFile(path)).includes("down\x1b[2J"));
  const one = await runToEnd([...args, "--limit", "1"]);
  assert.equal(one.stderr, "1 event written\n");
  await Deno.remove(path);
});
