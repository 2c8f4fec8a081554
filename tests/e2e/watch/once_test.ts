import assert from "node:assert/strict";
import { Query } from "../../../lib/client/query.ts";
import { forOneSeed } from "../../random.ts";
import { type Program, runProgram, SOURCE } from "../program.ts";
import { countStored } from "../raw_requests.ts";
import { until } from "../until.ts";
import { assertDelivered, storedContents } from "./delivered.ts";
import { Scene } from "./scene.ts";

/** As much as takes some seconds, so that it can be stopped before its end. */
const MANY_LINES = 300_000;

/** A run that is not stopped must be over by then. */
const PATIENCE_MS = 300_000;

/** How `--once` ends the logs of a scene. */
function once(scene: Scene, ...paths: readonly string[]): readonly string[] {
  return [
    "watch",
    "-p",
    `${scene.port}`,
    "--state-dir",
    scene.directory.file("once"),
    "--from",
    "beginning",
    "--once",
    "-f",
    ...paths,
  ];
}

/** `theia` with something piped in. */
function pipedIn(command: string): Program {
  return { command: ["sh", "-c", `${command} | "$@"`, "sh", ...SOURCE.command] };
}

Deno.test("watch --once delivers files up to their ends, unfinished last lines too, and exits", async () => {
  await using scene = await Scene.open();
  const logs = ["a", "b"].map((name) => scene.log(name));
  for (const log of logs) log.write(5000);
  const ragged = scene.directory.file("ragged.log");
  Deno.writeTextFileSync(ragged, "one\r\ntwo");
  const args = once(scene, ...logs.map(({ path }) => path), ragged);
  const { code, stderr } = await runProgram(SOURCE, args, { timeoutMs: PATIENCE_MS });
  assert.equal(code, 0, stderr);
  for (const log of logs) await assertDelivered(scene.port, log);
  assert.deepEqual(await storedContents(scene.port, ragged), ["one", "two"]);

  // A second run sends what was added since, and nothing else.
  for (const log of logs) log.write(10);
  const again = await runProgram(SOURCE, args, { timeoutMs: PATIENCE_MS });
  assert.equal(again.code, 0, again.stderr);
  for (const log of logs) await assertDelivered(scene.port, log);
  assert.equal(await countStored(scene.url), 2 * 5010 + 2);
});

Deno.test("watch --once delivers what is piped in, and exits", async () => {
  await using scene = await Scene.open();
  const command = `printf 'one\\ntwo\\r\\n\\nfour with \\303\\244\\nfive without end'`;
  const { code, stderr } = await runProgram(pipedIn(command), once(scene, "-"));
  assert.equal(code, 0, stderr);
  const stored: string[] = [];
  for await (const { content } of new Query("localhost", scene.port).find({})) stored.push(content);
  assert.deepEqual(stored, [
    "one",
    "two",
    "",
    "four with ä",
    "five without end",
  ]);
});

Deno.test("watch --once that is stopped halfway goes on there the next time", async () => {
  await forOneSeed(async (random) => {
    await using scene = await Scene.open();
    const log = scene.log("many");
    log.write(MANY_LINES);
    const args = ["--once", "-f", log.path];
    for (let stop = 0; stop < 3; stop++) {
      const before = await countStored(scene.url);
      const watcher = scene.startWatcher({ args });
      await until("some lines", async () =>
        watcher.hasEnded ||
        await countStored(scene.url) > before);
      await new Promise((resolve) => setTimeout(resolve, random.next() * 300));
      watcher.signal("SIGINT");
      const { code, signal } = await watcher.exit();
      // 1 says that it was not at the end yet when it had to go.
      assert.equal(signal, null, watcher.stderr.tail);
      assert.ok(code === 0 || code === 1, `code ${code}: ${watcher.stderr.tail}`);
    }
    const last = scene.startWatcher({ args });
    assert.equal((await last.exit(PATIENCE_MS)).code, 0, last.stderr.tail);
    await assertDelivered(scene.port, log);
  });
});
