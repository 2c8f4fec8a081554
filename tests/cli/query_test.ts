import assert from "node:assert/strict";
import { Client } from "../../lib/client/client.ts";
import { createEvent } from "../../lib/event/event.ts";
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
