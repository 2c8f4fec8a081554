import assert from "node:assert/strict";
import {
  Checkpoint,
  CheckpointError,
  type CheckpointNotice,
  GRACE_MS,
} from "../../../lib/tail/checkpoint/checkpoint.ts";
import { FakeScheduler } from "../fake_scheduler.ts";
import { batch, position, stateOf, TemporaryDirectory } from "./fixtures.ts";

Deno.test("Checkpoint is new, then resumes with what was recorded and not settled", async () => {
  using directory = new TemporaryDirectory();
  {
    await using checkpoint = await Checkpoint.open(directory.at("state/deep"));
    assert.deepEqual(checkpoint.state, { kind: "new", positions: [], unsettled: [], sources: [] });
    checkpoint.addSource("/var/log/*.log");
    checkpoint.addSource("-");
    checkpoint.addSource("/var/log/*.log");
    checkpoint.place(position(1));
    checkpoint.place(position(2, 7));
    const first = await checkpoint.record(batch(1, 0, 10));
    const second = await checkpoint.record(batch(1, 10, 30));
    const third = await checkpoint.record(batch(3, 0, 5));
    checkpoint.settle(second);
    assert.equal(new Set([first, second, third]).size, 3);
  }
  const state = await stateOf(directory.at("state/deep"));
  assert.equal(state.kind, "resumed");
  assert.deepEqual(state.positions, [position(2, 7), position(1, 30), position(3, 5)]);
  assert.deepEqual(state.sources, ["/var/log/*.log", "-"]);
  assert.deepEqual(state.unsettled.map(({ id: _, ...rest }) => rest), [
    batch(1, 0, 10),
    batch(3, 0, 5),
  ]);
});

Deno.test("Checkpoint keeps a file at each of its paths and birth times apart", async () => {
  using directory = new TemporaryDirectory();
  const one = position(1, 5);
  const elsewhere = { ...one, path: "/elsewhere", offset: 6 };
  const later = { ...one, identity: { ...one.identity, birthtimeMs: 5 }, offset: 7 };
  const rewritten = { ...one, identity: { ...one.identity, generation: 9 }, offset: 8 };
  {
    await using checkpoint = await Checkpoint.open(directory.path);
    for (const place of [one, elsewhere, later, rewritten]) checkpoint.place(place);
  }
  assert.deepEqual((await stateOf(directory.path)).positions, [elsewhere, later, rewritten]);
});

Deno.test("Checkpoint keeps the last eight contents of a file that is truncated", async () => {
  using directory = new TemporaryDirectory();
  const contents = Array.from({ length: 20 }, (_, generation) => {
    const one = position(1, 5);
    return { ...one, identity: { ...one.identity, generation }, offset: generation };
  });
  {
    await using checkpoint = await Checkpoint.open(directory.path);
    for (const content of contents) checkpoint.place(content);
  }
  assert.deepEqual((await stateOf(directory.path)).positions, contents.slice(-8));
});

Deno.test("Checkpoint never gives an id twice, also after a restart", async () => {
  using directory = new TemporaryDirectory();
  const ids: number[] = [];
  for (let run = 0; run < 3; run++) {
    await using checkpoint = await Checkpoint.open(directory.path);
    for (let i = 0; i < 3; i++) {
      const id = await checkpoint.record(batch(i, 0, 1));
      checkpoint.settle(id);
      ids.push(id);
    }
  }
  assert.equal(new Set(ids).size, 9);
});

Deno.test("Checkpoint writes what is settled within a moment, without a record", async () => {
  using directory = new TemporaryDirectory();
  using copy = new TemporaryDirectory();
  const scheduler = new FakeScheduler();
  await using checkpoint = await Checkpoint.open(directory.path, { scheduler });
  const id = await checkpoint.record(batch(1, 0, 1));
  checkpoint.settle(id);
  checkpoint.settle(id);
  checkpoint.settle(99);
  scheduler.advance(1000);
  for (;;) {
    for (const name of ["checkpoint.1", "checkpoint.2"]) {
      Deno.copyFileSync(directory.at(name), copy.at(name));
    }
    if ((await stateOf(copy.path)).unsettled.length === 0) break;
  }
});

Deno.test("Checkpoint is for its owner's eyes only", async () => {
  using directory = new TemporaryDirectory();
  await using _checkpoint = await Checkpoint.open(directory.at("state"));
  const modeOf = (name: string) => (Deno.statSync(directory.at(name)).mode ?? 0) & 0o777;
  assert.equal(modeOf("state"), 0o700);
  for (const { name } of Deno.readDirSync(directory.at("state"))) {
    assert.equal(modeOf(`state/${name}`), 0o600, name);
  }
});

Deno.test("Checkpoint can be open once, and again when it was closed", async () => {
  using directory = new TemporaryDirectory();
  const first = await Checkpoint.open(directory.path);
  await assert.rejects(Checkpoint.open(directory.path), (error) => {
    assert.ok(error instanceof CheckpointError);
    assert.match(error.message, /another watcher uses this directory.*--state-dir/);
    assert.ok(error.message.includes(directory.path));
    return true;
  });
  await first.record(batch(1, 0, 1));
  await first[Symbol.asyncDispose]();
  await first[Symbol.asyncDispose]();
  assert.equal((await stateOf(directory.path)).unsettled.length, 1);
});

Deno.test("Checkpoint names the directory that cannot be made", async () => {
  using directory = new TemporaryDirectory();
  Deno.writeTextFileSync(directory.at("file"), "");
  await assert.rejects(Checkpoint.open(directory.at("file/state")), (error) => {
    assert.ok(error instanceof CheckpointError);
    assert.ok(error.message.includes(`'${directory.at("file/state")}'`), error.message);
    assert.match(error.message, /must be writable.*--state-dir/);
    return true;
  });
});

for (
  const [what, text, message] of [
    [
      "of another program",
      "Dear diary,\nit rains, and nobody collects my events.\n",
      /move it away/,
    ],
    ["of a newer version", newerVersion(), /version is 2 and this program knows 1/],
  ] as const
) {
  Deno.test(`Checkpoint refuses a file ${what} and leaves it as it is`, async () => {
    using directory = new TemporaryDirectory();
    for (const name of ["checkpoint.1", "checkpoint.2"]) {
      await stateOf(directory.at(name));
      const files = directory.at(name);
      Deno.writeTextFileSync(`${files}/${name}`, text);
      if (message.source.includes("move")) Deno.removeSync(`${files}/${otherName(name)}`);
      await assert.rejects(Checkpoint.open(files), (error) => {
        assert.ok(error instanceof CheckpointError);
        assert.ok(error.message.includes(`'${files}/${name}'`));
        assert.match(error.message, message);
        return true;
      });
      assert.equal(Deno.readTextFileSync(`${files}/${name}`), text);
    }
  });
}

function otherName(name: string): string {
  return name === "checkpoint.1" ? "checkpoint.2" : "checkpoint.1";
}

function newerVersion(): string {
  return '4c4c691d {"format":"theia-checkpoint","version":2}\n';
}

Deno.test("Checkpoint forgets files that nobody touched for long, but for unsettled ones", async () => {
  using directory = new TemporaryDirectory();
  const scheduler = new FakeScheduler();
  const options = { scheduler, retainMs: 10 * GRACE_MS };
  {
    await using checkpoint = await Checkpoint.open(directory.path, options);
    checkpoint.place(position(1));
    checkpoint.place(position(2));
    await checkpoint.record(batch(3, 0, 1));
    scheduler.advance(9 * GRACE_MS);
    checkpoint.place(position(2));
    scheduler.advance(2 * GRACE_MS);
    await fill(checkpoint);
  }
  const state = await stateOf(directory.path, options);
  assert.deepEqual(
    state.positions.map((place) => place.identity.ino).sort(),
    [1002, 1003, 1099],
  );
});

Deno.test("Checkpoint forgets nothing within an hour after it was opened", async () => {
  using directory = new TemporaryDirectory();
  const scheduler = new FakeScheduler();
  const options = { scheduler, retainMs: 1 };
  {
    await using checkpoint = await Checkpoint.open(directory.path, options);
    checkpoint.place(position(1));
    scheduler.advance(GRACE_MS - 1);
    await fill(checkpoint);
  }
  assert.ok(
    (await stateOf(directory.path, options)).positions.some((p) => p.identity.ino === 1001),
  );
});

/** Records so much that the copies are written anew. */
async function fill(checkpoint: Checkpoint): Promise<void> {
  for (let i = 0; i < 400; i++) checkpoint.settle(await checkpoint.record(batch(99, i, i + 1)));
}

Deno.test("Checkpoint stays small however much is recorded", async () => {
  using directory = new TemporaryDirectory();
  {
    await using checkpoint = await Checkpoint.open(directory.path);
    const work = Array.from({ length: 20 }, async (_, file) => {
      for (let i = 0; i < 250; i++) {
        checkpoint.settle(await checkpoint.record(batch(file, i, i + 1)));
      }
    });
    await Promise.all(work);
    assert.ok(Deno.statSync(directory.at("checkpoint.1")).size <= 128 << 10);
    assert.ok(Deno.statSync(directory.at("checkpoint.2")).size <= 128 << 10);
  }
  const state = await stateOf(directory.path);
  assert.deepEqual([state.kind, state.unsettled], ["resumed", []]);
  assert.deepEqual(
    state.positions.map((place) => place.offset),
    Array.from({ length: 20 }, () => 250),
  );
});

Deno.test("Checkpoint grows to what 10,000 files need", async () => {
  using directory = new TemporaryDirectory();
  const files = Array.from({ length: 10_000 }, (_, file) => position(file, file));
  {
    await using checkpoint = await Checkpoint.open(directory.path);
    for (const place of files) checkpoint.place(place);
    await checkpoint.flush();
    assert.ok(Deno.statSync(directory.at("checkpoint.1")).size <= 8 << 20);
  }
  assert.deepEqual((await stateOf(directory.path)).positions, files);
});

Deno.test("Checkpoint makes a missing copy anew and says so", async () => {
  using directory = new TemporaryDirectory();
  for (const [round, name] of ["checkpoint.1", "checkpoint.2"].entries()) {
    {
      await using checkpoint = await Checkpoint.open(directory.path);
      await checkpoint.record(batch(1, round, round + 1));
    }
    Deno.removeSync(directory.at(name));
    const notices: CheckpointNotice[] = [];
    const state = await stateOf(directory.path, { observer: (notice) => notices.push(notice) });
    assert.deepEqual([state.kind, state.unsettled.length], ["resumed", round + 1]);
    assert.equal(notices.length, 1);
    const [notice] = notices;
    assert.ok(notice?.kind === "checkpoint-damaged" && notice.copy === directory.at(name));
  }
});

Deno.test("Checkpoint refuses work after it was closed, and lets late acknowledgements pass", async () => {
  using directory = new TemporaryDirectory();
  const checkpoint = await Checkpoint.open(directory.path);
  const recorded = checkpoint.record(batch(1, 0, 1));
  await checkpoint[Symbol.asyncDispose]();
  checkpoint.settle(await recorded);
  checkpoint.place(position(1));
  checkpoint.addSource("a");
  await assert.rejects(checkpoint.record(batch(1, 1, 2)), /closed/);
  await assert.rejects(checkpoint.flush(), /closed/);
  assert.equal((await stateOf(directory.path)).unsettled.length, 1);
});

Deno.test("Checkpoint closes when its signal aborts", async () => {
  using directory = new TemporaryDirectory();
  const controller = new AbortController();
  const { signal } = controller;
  const checkpoint = await Checkpoint.open(directory.path, { signal });
  await checkpoint.record(batch(1, 0, 1));
  controller.abort();
  await assert.rejects(checkpoint.record(batch(1, 1, 2)), /closed/);
  await checkpoint[Symbol.asyncDispose]();
  await assert.rejects(Checkpoint.open(directory.path, { signal }), /abort/);
  assert.equal((await stateOf(directory.path)).unsettled.length, 1);
});

Deno.test("Checkpoint names a wrong argument", async () => {
  using directory = new TemporaryDirectory();
  await assert.rejects(
    Checkpoint.open(directory.path, { retainMs: 0 }),
    /'retainMs' must be positive/,
  );
  await using checkpoint = await Checkpoint.open(directory.path);
  const wrong = { ...batch(1, 0, 1), timestamp: NaN };
  await assert.rejects(checkpoint.record(wrong), /Cannot record a batch as .* numbers finite/);
  const place = { ...position(1), modifiedAt: NaN };
  assert.throws(() => checkpoint.place(place), /Cannot place a file as .* numbers finite/);
  const spans = [{ from: 0, to: place }];
  await assert.rejects(checkpoint.record({ ...wrong, timestamp: 1, spans }), TypeError);
});
