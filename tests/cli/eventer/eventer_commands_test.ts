import assert from "node:assert/strict";
import { join } from "node:path";
import { RunningCommand, runToEnd } from "../running_command.ts";
import { RunningEventer } from "./running_eventer.ts";

/** Lines of JSON as events. */
function eventsOf(stdout: string): { readonly type: string[]; readonly payload: unknown }[] {
  return stdout.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

Deno.test("theia eventer register registers, query finds, both for people and as JSON", async () => {
  await using server = await RunningEventer.inMemory();
  const first = await server.run(
    "register",
    "plant/oven/1",
    "-p",
    '{"v": 1.0}',
    "--source-time",
    "5.25",
  );
  assert.equal(first.code, 0, first.stderr);
  const moment = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/.source;
  const line =
    `^${moment} 1:3:1 plant/oven/1 \\{"v": 1\\.0\\} \\(source 1970-01-01T00:00:05\\.250000Z\\)\n$`;
  assert.match(first.stdout, new RegExp(line));
  const second = await server.run("register", "plant/oven/2", "--json");
  const [{ type, payload } = { type: [], payload: 0 }] = eventsOf(second.stdout);
  assert.deepEqual([type, payload], [["plant", "oven", "2"], null]);
  const found = await server.run("query", "plant/*");
  assert.equal(found.code, 0);
  assert.deepEqual(found.stdout.split("\n").map((each) => each.split(" ")[2]), [
    "plant/oven/2",
    "plant/oven/1",
    undefined,
  ]);
  const asc = await server.run("query", "plant/?/?", "-o", "asc", "--json", "--limit", "1");
  assert.deepEqual(eventsOf(asc.stdout).map(({ type }) => type), [["plant", "oven", "1"]]);
  const none = await server.run("query", "nothing");
  assert.deepEqual([none.code, none.stdout], [0, ""]);
});

Deno.test("theia eventer register sends the bytes of a file", async () => {
  await using server = await RunningEventer.inMemory();
  const file = await Deno.makeTempFile();
  await Deno.writeFile(file, new Uint8Array([0, 255, 10]));
  const { code, stdout } = await server.run(
    "register",
    "a",
    "--file",
    file,
    "--payload-type",
    "raw",
  );
  assert.equal(code, 0);
  assert.match(stdout, /<raw, 3 bytes: 00ff0a>\n$/);
  await Deno.remove(file);
});

Deno.test("theia eventer register copies what query prints, and names a bad line", async () => {
  await using server = await RunningEventer.inMemory();
  await server.run("register", "a/b", "-p", "[1, 2]");
  await server.run("register", '["a", "/x"]', "--file", new URL(import.meta.url).pathname);
  const { stdout } = await server.run("query", "a/*", "-o", "asc", "--json");
  const copying = new RunningCommand(["eventer", "register", "-P", server.port, "--json"]);
  copying.environment.input = [new TextEncoder().encode(`${stdout}{"type": 5}\n`)];
  assert.equal(await copying.ended, 1);
  assert.match(copying.stderr.text, /error: Cannot read event on line 3: .*'type'/);
  const copied = eventsOf(copying.stdout.text);
  assert.deepEqual(
    copied.map(({ type, payload }) => [type, payload]),
    eventsOf(stdout).map(({ type, payload }) => [type, payload]),
  );
});

Deno.test("theia eventer register copies JSON payloads as they are, also what is JSON to Python alone", async () => {
  await using server = await RunningEventer.inMemory();
  const following = new RunningCommand([
    ...["eventer", "subscribe", "-P", server.port, "n", "--json", "--limit", "2", "--verbose"],
  ]);
  await following.stderr.match(/Connected to/);
  for (const text of ["[NaN]", '{"v":1.0}']) await server.run("register", "n", "-p", text);
  assert.equal(await following.ended, 0);
  const lines = following.stdout.lines;
  assert.deepEqual(lines.map((each) => each.slice(each.indexOf('"payload"'))), [
    '"payload": {"kind": "json", "text": "[NaN]"}}',
    '"payload": {"kind": "json", "data": {"v":1.0}}}',
  ]);
  const { stdout } = await server.run("query", "n", "-o", "asc", "--json");
  assert.deepEqual(stdout.trimEnd().split("\n"), lines);
  const copying = new RunningCommand(["eventer", "register", "-P", server.port]);
  copying.environment.input = [new TextEncoder().encode(stdout)];
  assert.equal(await copying.ended, 0, copying.stderr.text);
  assert.deepEqual(copying.stdout.lines.map((each) => each.split(" n ")[1]), [
    "[NaN]",
    '{"v":1.0}',
  ]);
});

Deno.test("theia eventer register --no-answer sends everything before it ends", async () => {
  await using server = await RunningEventer.inMemory();
  const { code, stdout } = await server.run("register", "a", "-p", "1", "--no-answer");
  assert.deepEqual([code, stdout], [0, ""]);
  const { stdout: found } = await server.run("query", "a", "--json");
  assert.equal(eventsOf(found).length, 1);
});

Deno.test("theia eventer query asks for the latest, for a server, and for what follows an event", async () => {
  await using server = await RunningEventer.inMemory();
  for (const value of ["1", "2"]) await server.run("register", "a", "-p", value);
  await server.run("register", "b", "-p", "3");
  const latest = await server.run("query", "--latest", "--json");
  const values = eventsOf(latest.stdout).filter(({ type }) => type.length === 1);
  assert.deepEqual(values.map(({ payload }) => JSON.stringify(payload)).toSorted(), [
    '{"kind":"json","data":2}',
    '{"kind":"json","data":3}',
  ]);
  const all = await server.run("query", "--server-id", "1");
  const ids = all.stdout.trimEnd().split("\n").map((each) => each.split(" ")[1] ?? "");
  assert.equal(ids[0], "1:1:1");
  const rest = await server.run(
    "query",
    "--server-id",
    "1",
    "--last-event",
    ids.at(-3) ?? "",
    "--limit",
    "2",
  );
  assert.deepEqual(
    rest.stdout.trimEnd().split("\n").map((each) => each.split(" ")[1]),
    ids.slice(-2),
  );
  const future = await server.run("query", "-a", "2100-01-01");
  assert.equal(future.stdout, "");
});

Deno.test("theia eventer query gets results of more than one page", async () => {
  await using server = await RunningEventer.inMemory();
  const lines = Array.from(
    { length: 2_345 },
    (_, i) => `${JSON.stringify({ type: ["n", `${i}`] })}\n`,
  );
  const registering = new RunningCommand(["eventer", "register", "-P", server.port]);
  registering.environment.input = [new TextEncoder().encode(lines.join(""))];
  assert.equal(await registering.ended, 0);
  for (const limit of [2_345, 1_500]) {
    const { stdout } = await server.run(
      "query",
      "n/?",
      "-o",
      "asc",
      "--limit",
      String(limit),
      "--json",
    );
    assert.deepEqual(
      eventsOf(stdout).map(({ type }) => type[1]),
      Array.from({ length: limit }, (_, i) => `${i}`),
    );
  }
});

Deno.test("theia eventer subscribe follows until it is stopped, or as many events came", async () => {
  await using server = await RunningEventer.inMemory();
  await using following = new RunningCommand([
    "eventer",
    "subscribe",
    "-P",
    server.port,
    "a/*",
    "--verbose",
  ]);
  await following.stderr.match(/Connected to/);
  const limited = new RunningCommand([
    "eventer",
    "subscribe",
    "-P",
    server.port,
    "--persisted",
    "--limit",
    "2",
    "--json",
    "a/*",
  ]);
  await server.run("query", "--latest");
  await limited.stderr.match(/^/);
  await until(server, 3);
  for (const type of ["a/1", "b", "a/2", "a/3"]) await server.run("register", type);
  await following.stdout.match(/a\/3\n/);
  assert.equal(await limited.ended, 0, limited.stderr.text);
  assert.deepEqual(eventsOf(limited.stdout.text).map(({ type }) => type), [["a", "1"], ["a", "2"]]);
  assert.equal(await following.stop(), 0);
  assert.deepEqual(following.stdout.lines.map((line) => line.split(" ")[2]), ["a/1", "a/2", "a/3"]);
});

/** Waits until so many clients have connected. */
async function until(server: RunningEventer, connected: number): Promise<void> {
  for (;;) {
    const { stdout } = await server.run("query", "event/?/eventer/?", "--json");
    const count = eventsOf(stdout).filter(({ payload }) =>
      JSON.stringify(payload).includes('"CONNECTED"')
    ).length;
    if (count >= connected) return;
  }
}

Deno.test("theia eventer subscribe connects again when the server comes back", async () => {
  const first = await RunningEventer.inMemory();
  const { port } = first;
  await using following = new RunningCommand([
    "eventer",
    "subscribe",
    "-P",
    port,
    "event/?/engine",
  ]);
  await until(first, 1);
  await first.stop();
  await following.stdout.match(/"STOPPED"/);
  await following.stderr.match(/warning: No connection to the event server, trying again/);
  await using _second = await RunningEventer.start("-P", port, "--store", "memory");
  await following.stderr.match(/Connected again; events may be missing/);
  assert.equal(await following.stop(), 0);
});

Deno.test("theia eventer refuses a wrong token on either side, and takes one of the environment", async () => {
  await using server = await RunningEventer.inMemory("--token", "secret");
  for (const command of ["register", "query", "subscribe"]) {
    const { code, stderr } = await server.run(command, "a", "--token", "wrong");
    assert.equal(code, 1);
    assert.match(
      stderr,
      /error: Cannot connect to event server at 127\.0\.0\.1:\d+: it answered 'invalid client token'/,
    );
  }
  await server.stderr.match(/warning: Refused client 'theia' \(.*\): invalid client token/);
  const client = new RunningCommand(["eventer", "query", "-P", server.port]);
  client.environment.variables = { THEIA_EVENTER_TOKEN: "secret" };
  assert.equal(await client.ended, 0);
});

Deno.test("theia eventer says that there is no server, or none that speaks the protocol", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const port = String(listener.addr.port);
  const answering = (async () => {
    for await (const conn of listener) {
      await conn.write(new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n\r\n"));
      await conn.readable.pipeTo(new WritableStream()).catch(() => {});
    }
  })();
  const strange = await runToEnd(["eventer", "query", "-P", port]);
  listener.close();
  await answering;
  assert.equal(strange.code, 1);
  assert.match(
    strange.stderr,
    /Cannot connect to event server at .*is it an event server, and does it use TLS\?/,
  );
  const { code, stderr } = await runToEnd(["eventer", "query", "-P", port]);
  assert.equal(code, 1);
  assert.match(stderr, /error: Cannot connect to event server at 127\.0\.0\.1:\d+: .*refused/i);
});

Deno.test("theia eventer refuses options that do not go together, before it connects", async () => {
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [["register", "a", "-p", "{"], /'-p\/--payload' as its value must be JSON/],
    [["register", "a", "-p", "1", "--file", "x"], /'-p\/--payload' and '--file' together/],
    [["register", "a", "--payload-type", "x"], /'--payload-type' as it must stand beside '--file'/],
    [["register", "a", "--file", "/nowhere"], /'--file' as '\/nowhere' cannot be read/],
    [["register", "-p", "1"], /as there is no TYPE/],
    [["register", "[1]"], /Cannot read type '\[1\]'/],
    [["register", "a", "b"], /Unexpected argument 'b'/],
    [["query", "*/a"], /Cannot read type '\*\/a'/],
    [["query", "--latest", "--after", "1h"], /'--latest' and '--after' together/],
    [["query", "--latest", "--server-id", "1"], /'--latest' and '--server-id' together/],
    [["query", "--server-id", "1", "--order", "asc"], /'--server-id' and '--order' together/],
    [["query", "a", "--server-id", "1"], /'--server-id' together with types/],
    [["query", "--persisted"], /'--persisted' as it must stand beside '--server-id'/],
    [["query", "--last-event", "5"], /'--last-event' as its value must be server:session:instance/],
    [["query", "--server-id", "1", "--last-event", "2:1:1"], /must be of server 1/],
    [["query", "--limit", "0"], /'--limit' as its value must be an integer of at least 1/],
    [["subscribe", "a/*/b"], /Cannot read type 'a\/\*\/b'/],
    [["subscribe", "--ca-file", "x"], /'--ca-file' as it must stand beside '--secure'/],
    [["serve", "--store", "redis:"], /'--store' as its value must be memory, sqlite:/],
    [["serve", "--port", "70000"], /'-P\/--port' as its value must be an integer from 0 to 65535/],
    [["serve", "--server-id", "0"], /'--server-id' as its value must be an integer of at least 1/],
    [["serve", "--cert", "x"], /'--cert' as it must stand beside '--key'/],
    [["serve", "--sync-from", "host:0"], /'--sync-from' as its value must be HOST:PORT/],
    [
      ["serve", "--sync-from", "1@host"],
      /copy the events of server 1 as this server has the same id/,
    ],
    [["serve", "--retention", "soon"], /'--retention' as its value must be a length of time/],
    [["serve", "--retention", "9".repeat(18) + "s"], /'--retention' as its value must be at most/],
    [["serve", "--max-bytes", "0"], /'--max-bytes' as its value must be more than 0/],
    [["serve", "--config", "/nowhere.json"], /Cannot read configuration '\/nowhere\.json'/],
    [["serve", "--module", "bridge", "bridge"], /two bridges with the name 'bridge'/],
    [
      ["serve", "--module", "/nowhere.ts"],
      /Cannot use module '\/nowhere\.ts' as its file cannot be loaded/,
    ],
    [["serve", "--tocken", "x"], /Unknown option '--tocken'; did you mean '--token'/],
    [["server"], /Unknown command 'eventer server'; did you mean 'eventer serve'\?/],
    [[], /Missing command: 'theia eventer --help' lists them/],
  ];
  for (const [args, message] of wrong) {
    const { code, stdout, stderr } = await runToEnd(["eventer", ...args]);
    assert.match(stderr, message, args.join(" "));
    assert.match(stderr, /Try 'theia eventer.* --help'/);
    assert.deepEqual([code, stdout], [2, ""], args.join(" "));
  }
});

Deno.test("theia eventer serve takes its settings from a file, and options before those", async () => {
  const outer = await Deno.makeTempDir();
  // The store is named by a URL, the directory of the file is none.
  const directory = join(outer, "100%41");
  await Deno.mkdir(directory);
  const config = join(directory, "eventer.json");
  const settings = {
    port: 1,
    serverId: 7,
    token: "T",
    store: "sqlite:///data/hat.db",
    modules: [{ path: "./doubling.js", options: { type: ["twice"] } }],
  };
  await Deno.writeTextFile(config, JSON.stringify(settings));
  await Deno.writeTextFile(
    join(directory, "doubling.js"),
    `export function createModule(options) {
      return {
        subscription: [["once"]],
        *process(_source, event) {
          yield { type: options.type, payload: { kind: "json", data: event.payload.data * 2 } };
        },
      };
    }`,
  );
  let last = 0;
  for (let start = 0; start < 2; start++) {
    await using server = await RunningEventer.start("--config", config, "--port", "0");
    assert.match(
      server.stdout.text,
      /^Theia event server 7 listening on 127\.0\.0\.1:\d+, store sqlite:\/\/\//,
    );
    await server.run("register", "once", "-p", "21", "--token", "T");
    const { stdout } = await server.run("query", "twice", "--limit", "1");
    const [, session] = /^\S+ 7:(\d+):2 twice 42\n$/.exec(stdout) ?? [];
    assert(Number(session) > last, `after session ${last}: ${stdout}`);
    last = Number(session);
    assert.equal(await server.stop(), 0);
    assert.match(
      server.stderr.text,
      /Stopping; a second signal stops at once\.\nStopped after \d+ s: \d+ events registered\.\n$/,
    );
  }
  assert((await Deno.stat(join(directory, "data", "hat.db"))).isFile);
  await Deno.remove(outer, { recursive: true });
});

Deno.test("theia eventer serve names the place of a module that cannot be used", async () => {
  const directory = await Deno.makeTempDir();
  const config = join(directory, "eventer.json");
  const modules: readonly (readonly [string, RegExp, number])[] = [
    ["export const x = ;", /as 'modules\[1\]\.path' cannot be loaded: /, 2],
    ["export const x = 1;", /as 'modules\[1\]\.path' must export a function 'createModule'/, 2],
    ["throw new Error('broken');", /as 'modules\[1\]\.path' cannot be loaded: broken/, 2],
    [
      "export function createModule() { throw new Error('no sensor'); }",
      /Cannot start module 'bad\d\.js': no sensor/,
      1,
    ],
    [
      "export function createModule() { return { process() {} }; }",
      /Cannot start module 'bad\d\.js' as 'subscription' must be/,
      1,
    ],
  ];
  await Deno.writeTextFile(
    join(directory, "good.js"),
    "export const createModule = () => ({ subscription: [], process() {} });",
  );
  for (const [i, [text, message, expected]] of modules.entries()) {
    // Each has a name of its own, as the runtime keeps what it has loaded.
    const bad = `bad${i}.js`;
    await Deno.writeTextFile(join(directory, bad), text);
    const settings = { port: 0, store: "memory", modules: [{ path: "good.js" }, { path: bad }] };
    await Deno.writeTextFile(config, JSON.stringify(settings));
    const { code, stderr } = await runToEnd(["eventer", "serve", "--config", config]);
    assert.match(stderr, message);
    assert.equal(code, expected);
  }
  await Deno.remove(directory, { recursive: true });
});

Deno.test("theia eventer serve fails when its port or its store is taken", async () => {
  const directory = await Deno.makeTempDir();
  const store = `sqlite:///${directory}/hat.db`;
  await using server = await RunningEventer.start("-P", "0", "--store", store);
  const port = await runToEnd(["eventer", "serve", "-P", server.port, "--store", "memory"]);
  assert.equal(port.code, 1);
  assert.match(port.stderr, /error: Cannot listen on \S+:\d+: the port is in use; stop/);
  const taken = await runToEnd(["eventer", "serve", "-P", "0", "--store", store]);
  assert.equal(taken.code, 1);
  assert.match(taken.stderr, /error: Cannot open backend .*another process has it open/);
  await server.stop();
  await Deno.remove(directory, { recursive: true });
});
