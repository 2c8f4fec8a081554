import assert from "node:assert/strict";
import { join } from "node:path";
import type { HatEvent } from "../../lib/hat/event.ts";
import { testWithCertificates } from "../certificates.ts";
import { countFromEnv, forOneSeed } from "../random.ts";
import { EventerProgram } from "./eventer_program.ts";
import { freePort } from "./free_port.ts";
import { RunningProgram, runProgram, SOURCE } from "./program.ts";
import { TempDirectory } from "./temp_directory.ts";
import { until } from "./until.ts";

/** All of an event that two servers must agree on. */
function describe({ id, type, timestamp }: HatEvent): string {
  return `${id.session}.${id.instance} ${JSON.stringify(type)} ${timestamp}`;
}

/** How often a server is killed; `THEIA_KILLS` overrides it. */
const KILLS = 3;

Deno.test("theia eventer serves, registers, finds and follows as programs, and Ctrl-C ends it in order", async () => {
  await using directory = await TempDirectory.make();
  const args = ["--store", `sqlite:///${directory.path}/hat.db`, "--token", "secret"];
  {
    await using server = await EventerProgram.start(args);
    await using following = RunningProgram.start(SOURCE, [
      ...["eventer", "subscribe", "plant/*", "event/?/engine", "--verbose"],
      ...["-P", String(server.port), "--token", "secret"],
    ]);
    await following.line("stderr", /Connected to/);
    const registered = await server.run(
      "register",
      "plant/oven/1",
      "-p",
      "212.5",
      "--token",
      "secret",
    );
    assert.equal(registered.code, 0, registered.stderr);
    assert.match(await following.line("stdout", /plant/), / plant\/oven\/1 212\.5$/);
    const found = await server.run("query", "plant/oven/?", "--token", "secret");
    assert.equal(found.stdout, registered.stdout);
    const wrong = await server.run("query", "plant/oven/?", "--token", "wrong");
    assert.deepEqual([wrong.code, wrong.stdout], [1, ""]);
    assert.match(wrong.stderr, /^error: Cannot connect .*'invalid client token'\n$/);
    assert.deepEqual(await server.stop("SIGINT"), { code: 0, signal: null });
    await following.line("stdout", /event\/1\/engine "STOPPED"/);
    following.signal("SIGINT");
    assert.deepEqual(await following.exit(), { code: 0, signal: null });
  }
  await using again = await EventerProgram.start(args);
  const engine = await again.run("query", "event/?/engine", "-o", "asc");
  assert.deepEqual(engine.stdout.trimEnd().split("\n").map((line) => line.split(" ").at(-1)), [
    '"STARTED"',
    '"STOPPED"',
    '"STARTED"',
  ]);
});

Deno.test("theia eventer serve ends at once at a second signal, though a module hangs", async () => {
  await using directory = await TempDirectory.make();
  const module = join(directory.path, "hanging.js");
  await Deno.writeTextFile(
    module,
    `export function createModule() {
      return {
        subscription: [],
        process() {},
        [Symbol.asyncDispose]: () => new Promise((resolve) => setTimeout(resolve, 1_000_000)),
      };
    }`,
  );
  await using server = await EventerProgram.start(["--store", "memory", "--module", module]);
  server.running.signal("SIGINT");
  await server.running.line("stderr", /Stopping; a second signal stops at once/);
  // A signal that comes soon after the first is the same request.
  await until("the end", () => {
    server.running.signal("SIGINT");
    return server.running.hasEnded;
  });
  assert.equal((await server.running.exit()).code, 1);
  await server.running.line("stderr", /Stopped at once\./);
});

Deno.test("theia eventer serve lives when a module throws, loops or hangs", async () => {
  await using directory = await TempDirectory.make();
  const config = join(directory.path, "eventer.json");
  await Deno.writeTextFile(
    join(directory.path, "bad.js"),
    `export function createModule() {
      return {
        subscription: [["bad", "?"]],
        async *process(_source, { type: [, fault] }) {
          if (fault === "throw") throw new Error("no sensor");
          if (fault === "loop") yield { type: ["bad", "loop"] };
          if (fault === "flood") for (;;) yield { type: ["x"] };
          if (fault === "hang") await new Promise(() => {});
        },
      };
    }`,
  );
  const limits = { maxRounds: 20, maxAddedEvents: 500, moduleTimeoutMs: 100 };
  await Deno.writeTextFile(
    config,
    JSON.stringify({ store: "memory", limits, modules: [{ path: "bad.js" }] }),
  );
  await using server = await EventerProgram.start(["--config", config]);
  await using client = await server.connect();
  const register = (...type: string[]) =>
    client.register([{ type, sourceTimestamp: undefined, payload: undefined }]);
  for (const fault of ["throw", "loop", "flood", "hang"]) {
    assert.equal(await register("bad", fault), undefined);
    assert.equal((await register("good"))?.length, 1);
  }
  const { stderr } = server.running;
  await server.running.line("stderr", /'process' of module 'bad\.js' failed: no sensor/);
  await server.running.line("stderr", /of modules as they made events in more than 20 rounds/);
  await server.running.line("stderr", /of modules as they made more than 500 events/);
  await server.running.line("stderr", /Module 'bad\.js' hangs in 'process' and is left out/);
  assert.equal(stderr.lines.filter((line) => /^warning: Session \d+ failed/.test(line)).length, 4);
  assert.equal((await server.stop()).code, 0);
});

testWithCertificates("theia eventer takes connections by TLS", async (certificates) => {
  await certificates.makeAuthority("ca");
  await certificates.makeServer("server", "ca", "DNS:localhost,IP:127.0.0.1");
  await using server = await EventerProgram.start([
    ...["--store", "memory", "--cert", certificates.path("server.pem")],
    ...["--key", certificates.path("server.key")],
  ]);
  const trusted = await server.run(
    "register",
    "a",
    "--secure",
    "--ca-file",
    certificates.path("ca.pem"),
  );
  assert.equal(trusted.code, 0, trusted.stderr);
  const distrusted = await server.run("query", "a", "--secure");
  assert.equal(distrusted.code, 1);
  assert.match(distrusted.stderr, /Cannot connect to event server at .*certificate/i);
  const plain = await server.run("query", "a");
  assert.equal(plain.code, 1);
});

Deno.test("theia eventer serve explains wrong arguments and configurations, and listens to nothing", async () => {
  await using directory = await TempDirectory.make();
  const config = join(directory.path, "eventer.json");
  await Deno.writeTextFile(config, JSON.stringify({ modules: [{ path: "a.js" }, { path: 5 }] }));
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [["--config", config], /as 'modules\[1\]\.path' must be a text: current value is 5/],
    [["--store", "redis:"], /'--store' as its value must be memory/],
  ];
  for (const [args, message] of wrong) {
    const { code, stdout, stderr } = await runProgram(SOURCE, ["eventer", "serve", ...args]);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, message);
    assert.match(stderr, /Try 'theia eventer serve --help'\.\n$/);
  }
});

Deno.test("Two event servers have the same events after either is killed, again and again", async () => {
  await forOneSeed(async (random) => {
    await using directory = await TempDirectory.make();
    const store = (name: string) => ["--store", `sqlite:///${directory.path}/${name}.db`];
    const port = String(freePort());
    const startActive = () => EventerProgram.start([...store("active"), "-P", port]);
    let active = await startActive();
    const startStandby = () =>
      EventerProgram.start([
        ...store("standby"),
        ...["--server-id", "2", "--sync-from", `1@127.0.0.1:${port}`],
      ]);
    let standby = await startStandby();
    try {
      const kills = countFromEnv("THEIA_KILLS", KILLS);
      for (let kill = 0; kill < kills; kill++) {
        await using client = await active.connect();
        for (let i = random.int(1, 30); i > 0; i--) {
          const types = Array.from(
            { length: random.int(1, 100) },
            (_, n) => ["a", `${kill}`, `${n}`],
          );
          await client.register(types.map((type) => ({
            type,
            sourceTimestamp: undefined,
            payload: undefined,
          })));
        }
        if (random.chance(0.5)) {
          await active.running.kill();
          active = await startActive();
        } else {
          await standby.running.kill();
          standby = await startStandby();
        }
      }
      // Asking registers events, too: one of the two may be some ahead.
      const isCopied = async () => {
        const here = (await active.events(1)).map(describe);
        const there = (await standby.events(1)).map(describe);
        const last = here.findLast((event) => event.includes(' ["a"'));
        const length = Math.min(here.length, there.length);
        assert.deepEqual(there.slice(0, length), here.slice(0, length));
        return last !== undefined && there.includes(last);
      };
      await until("the same events", isCopied);
    } finally {
      await active[Symbol.asyncDispose]();
      await standby[Symbol.asyncDispose]();
    }
  });
});
