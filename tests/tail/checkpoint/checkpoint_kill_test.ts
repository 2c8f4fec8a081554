import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { Checkpoint, type CheckpointNotice } from "../../../lib/tail/checkpoint/checkpoint.ts";
import { countFromEnv, firstSeed, Random } from "../../random.ts";
import { TemporaryDirectory } from "./fixtures.ts";

const KILLS = countFromEnv("THEIA_KILLS", 5);
const CHILD = fileURLToPath(new URL("checkpoint_child.ts", import.meta.url));

/** Lines that a child says before it is killed. */
const MOST_LINES = 2000;

/** Runs a child until it has said some lines, kills it, and returns all that it said. */
async function linesUntilKilled(
  directory: string,
  first: number,
  count: number,
): Promise<string[]> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-read", "--allow-write", "--no-check", CHILD, directory, `${first}`],
    stdout: "piped",
  });
  const child = command.spawn();
  let text = "";
  let isKilled = false;
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (isKilled || text.split("\n").length <= count) continue;
    child.kill("SIGKILL");
    isKilled = true;
  }
  await child.status;
  assert.ok(isKilled, `the child ended by itself: ${text.slice(-500)}`);
  return text.split("\n").slice(0, -1);
}

Deno.test(`Checkpoint keeps what it promised when the program is killed ${KILLS} times`, async () => {
  using directory = new TemporaryDirectory();
  const seed = firstSeed();
  const random = new Random(seed);
  let first = 1;
  for (let kill = 0; kill < KILLS; kill++) {
    const count = random.int(2, MOST_LINES);
    const lines = await linesUntilKilled(directory.path, first, count);
    const notices: CheckpointNotice[] = [];
    await using checkpoint = await Checkpoint.open(directory.path, {
      observer: (notice) => notices.push(notice),
    });
    assert.deepEqual(notices, [], `THEIA_SEED=${seed}, kill ${kill}`);
    const found = new Set(checkpoint.state.unsettled.map(({ spans }) => spans[0]?.to.offset));
    for (const line of lines.filter((line) => line.startsWith("+"))) {
      const number = Number(line);
      first = Math.max(first, number + 10);
      if (lines.includes(`-${number}`)) continue;
      assert.ok(found.has(number), `batch ${number} is gone (THEIA_SEED=${seed}, kill ${kill})`);
    }
  }
});
