import assert from "node:assert/strict";
import { CollectorProgram } from "./collector_program.ts";
import { freePort } from "./free_port.ts";
import { RunningProgram, runProgram, SOURCE } from "./program.ts";
import { frame } from "./raw_client.ts";
import { countStored, find, pushAll } from "./raw_requests.ts";
import { TempDirectory } from "./temp_directory.ts";

const UTC = { env: { TZ: "UTC" } };

function run(...args: readonly (string | number)[]) {
  return runProgram(SOURCE, args.map(String), UTC);
}

/** The ids in serialized events. */
function idsIn(text: string): string[] {
  return [...text.matchAll(/^id:(.*)$/gm)].map(([, id = ""]) => id);
}

Deno.test("theia exits with 0 when done, 1 when it failed, 2 on wrong usage", async () => {
  const nobody = freePort();
  const cases: readonly (readonly [number, readonly (string | number)[], RegExp])[] = [
    [0, ["--version"], /^$/],
    [0, ["--help"], /^$/],
    [1, ["query", "-P", nobody], /^error: Cannot connect .*check host and port/],
    [1, ["simulate", "-p", nobody, "--count", 1], /^error: Cannot connect /],
    [1, ["collect", "-P", nobody, "-U", "mysql://u:secret@h/db"], /^error: Cannot open store /],
    [2, ["qeury"], /^error: .*qeury/],
    [2, ["query", "-c", "(a"], /^error: .*-c\/--content/],
  ];
  for (const [code, args, message] of cases) {
    const outcome = await run(...args);
    const shown = `theia ${args.join(" ")}: ${outcome.stderr}`;
    assert.equal(outcome.code, code, shown);
    assert.match(outcome.stderr, message, shown);
    assert.ok(!outcome.stderr.includes("secret"), shown);
    assert.equal(outcome.stdout === "", code !== 0, shown);
  }
});

Deno.test("theia without arguments collects in ./theia-data/events.db", async () => {
  await using directory = await TempDirectory.make();
  const port = freePort();
  const options = { cwd: directory.path };
  await using running = RunningProgram.start(SOURCE, ["-P", `${port}`], options);
  const line = await running.line("stdout", /listening on/);
  assert.match(line, new RegExp(`ws://localhost:${port}, store sqlite:///theia-data/events\\.db`));
  await pushAll(`ws://localhost:${port}`, [
    frame({ id: "a", timestamp: 1, source: "s", tags: [], content: "c" }),
  ]);
  running.signal("SIGINT");
  assert.equal((await running.exit()).code, 0);
  assert.ok(Deno.statSync(directory.file("theia-data", "events.db")).isFile);
});

Deno.test("theia takes global options before and after the command", async () => {
  await using collector = await CollectorProgram.start(["--store", "memory:"]);
  const { port } = collector;
  await pushAll(collector.url, [
    frame({ id: "a", timestamp: 1, source: "s", tags: [], content: "found" }),
  ]);
  const format = ["-F", "{content}"];
  for (
    const args of [
      [`--port=${port}`, "--verbose", "query", "-H", "127.0.0.1", ...format],
      ["-P", 1, "query", "-P", port, "--host=localhost", ...format],
    ]
  ) {
    assert.deepEqual([(await run(...args)).stdout, args], ["found\n", args]);
  }
});

Deno.test("theia simulate and query take several tags after one -t", async () => {
  await using collector = await CollectorProgram.start(["--store", "memory:"]);
  const { port, url } = collector;
  const simulated = await run(
    ...["simulate", "-p", port, "-t", "a", "b", "c", "-s", "/x", "/y", "-c", "hello"],
    ...["--count", 200, "--delay", 0, "--seed", 3],
  );
  assert.equal(simulated.code, 0);
  const events = await find(url);
  assert.equal(events.length, 200);
  assert.deepEqual(idsIn(simulated.stdout).sort(), events.map(({ id }) => id).sort());
  const tagged = (...tags: string[]) =>
    events.filter((event) => tags.every((tag) => event.tags.split(",").includes(tag))).length;
  assert.ok(tagged("a", "b") > 0 && tagged("a", "b") < tagged("a"));
  for (
    const options of [["-t", "a", "b"], ["-t", "a", "-t", "b"], ["--tags", "a", "b", "-s", "/"]]
  ) {
    const { stdout, code } = await run("query", "-P", port, ...options, "-F", "{id}");
    assert.equal(code, 0);
    assert.equal(stdout.split("\n").length - 1, tagged("a", "b"));
  }
  const three = await run("query", "-P", port, "-F", "{id}", "-t", "a", "b", "c");
  assert.equal(three.stdout.split("\n").length - 1, tagged("a", "b", "c"));
});

Deno.test("theia query prints by -F and -T, and chooses by time, order and limit", async () => {
  await using collector = await CollectorProgram.start(["--store", "memory:"]);
  const { port } = collector;
  const events = ["one", "two", "three"].map((content, i) =>
    frame({ id: `i${i}`, timestamp: 1_600_000_000.5 + i, source: "/s", tags: ["t", "u"], content })
  );
  await pushAll(collector.url, events);
  const query = async (...args: (string | number)[]) => {
    const { code, stdout, stderr } = await run("query", "-P", port, ...args);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    return stdout;
  };
  const format = ["-F", "{timestamp} {id:>4} {source!r} {tags} {content:.2}"];
  assert.equal(
    await query(...format, "-T", "%Y-%m-%d %H:%M:%S", "--limit", 1),
    "2020-09-13 12:26:40   i0 '/s' t,u on\n",
  );
  assert.equal(await query("-F", "{timestamp:.1f}", "-T", "", "--limit", 1), "1600000000.5\n");
  assert.equal(await query("-F", "{content}", "-o", "desc"), "three\ntwo\none\n");
  assert.equal(await query("-F", "{content}", "-a", 1_600_000_001.5, "-b", 1_600_000_002), "two\n");
  assert.equal(await query("-F", "{content}", "-a", "2020-09-13T12:26:42Z"), "three\n");
  assert.equal(await query("-a", "15m"), "");
  assert.match(await query("--id", "i1"), /2020-09-13 12:26:41\.500000.*\/s.*t,u.*two\n$/);
});

Deno.test("theia simulate makes the same ids from the same seed", async () => {
  await using collector = await CollectorProgram.start(["--store", "memory:"]);
  const { port, url } = collector;
  const simulate = async (seed: number) => {
    const args = ["--count", 1000, "--delay", 0, "--seed", seed];
    const { code, stdout, stderr } = await run("simulate", "-p", port, ...args);
    assert.equal(code, 0);
    assert.match(stderr, /^1000 events sent .*: 1000 stored, 0 stored before, 0 refused, 0 not/);
    return idsIn(stdout);
  };
  const [first, second, other] = [await simulate(7), await simulate(7), await simulate(8)];
  assert.equal(new Set(first).size, 1000);
  assert.deepEqual(first, second);
  assert.equal(new Set([...first, ...other]).size, 2000);
  assert.equal(await countStored(url), 3000);
  const quick = await run("simulate", "-p", port, "--count", 30, "--rate", 1000, "--quiet");
  assert.deepEqual([quick.code, quick.stdout], [0, ""]);
});

Deno.test("theia demo brings every line through and leaves nothing behind", async () => {
  await using directory = await TempDirectory.make();
  const log = new URL("../data/logs/gate.log", import.meta.url).pathname;
  for (const args of [[], [log]]) {
    const options = { ...UTC, cwd: directory.path, env: { TMPDIR: directory.path } };
    const { code, stdout, stderr } = await runProgram(SOURCE, ["demo", ...args], options);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /Every line arrived, once and in order\.\n$/);
  }
  assert.deepEqual([...Deno.readDirSync(directory.path)], []);
});
