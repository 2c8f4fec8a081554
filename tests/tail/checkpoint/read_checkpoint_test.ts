import assert from "node:assert/strict";
import { Checkpoint } from "../../../lib/tail/checkpoint/checkpoint.ts";
import { copyPaths } from "../../../lib/tail/checkpoint/checkpoint_names.ts";
import { readCheckpoint } from "../../../lib/tail/checkpoint/read_checkpoint.ts";

Deno.test("readCheckpoint says what opening it says, while it is in use and after", async () => {
  const directory = await Deno.makeTempDir();
  {
    await using checkpoint = await Checkpoint.open(directory);
    await checkpoint.record({ path: "/a", timestamp: 1.5, spans: [] });
    checkpoint.addSource("/a");
    await checkpoint.flush();
    const { kind, unsettled, sources } = await readCheckpoint(directory);
    assert.equal(kind, "resumed");
    assert.deepEqual(unsettled.map(({ path }) => path), ["/a"]);
    assert.deepEqual(sources, ["/a"]);
  }
  const read = await readCheckpoint(directory);
  await using checkpoint = await Checkpoint.open(directory);
  assert.deepEqual(read, checkpoint.state);
});

Deno.test("readCheckpoint tells of damage and mends nothing", async () => {
  const directory = await Deno.makeTempDir();
  {
    await using checkpoint = await Checkpoint.open(directory);
    await checkpoint.record({ path: "/a", timestamp: 1.5, spans: [] });
  }
  const [first] = copyPaths(directory);
  await Deno.remove(first);
  const notices: string[] = [];
  const { kind } = await readCheckpoint(directory, (notice) => notices.push(notice.kind));
  assert.equal(kind, "resumed");
  assert.deepEqual(notices, ["checkpoint-damaged"]);
  await assert.rejects(Deno.stat(first), Deno.errors.NotFound);
  assert.equal((await readCheckpoint(`${directory}/none`)).kind, "new");
});
