import assert from "node:assert/strict";
import { createEvent, type Event, EventReader, RawEvent } from "../../lib/event/mod.ts";
import { DeadLetterFile, type LetterFate } from "../../lib/tail/mod.ts";
import { TempDirectory } from "../e2e/temp_directory.ts";
import { forSeeds } from "../random.ts";
import { NO_SMALL_DISK, SMALL_DISK_NOTE, SmallDisk } from "../small_disk.ts";

function event(id: string, content = "x"): Event {
  return createEvent({ id, timestamp: 1_700_000_000, source: "/var/log/a", tags: ["t"], content });
}

/** The events of a file, all of which must be whole; none when there is no file. */
function read(path: string): RawEvent[] {
  let bytes: Uint8Array;
  try {
    bytes = Deno.readFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  return [...new EventReader(bytes, { maxEventBytes: Infinity })].map((item) => {
    assert.ok(item instanceof RawEvent, String(item));
    return item;
  });
}

function ids(path: string): string[] {
  return read(path).map(({ id }) => id);
}

/** Adds events one after another; gives what became of them. */
async function addAll(
  letters: DeadLetterFile,
  names: readonly string[],
): Promise<LetterFate["kind"][]> {
  const fates: LetterFate["kind"][] = [];
  for (const name of names) fates.push((await letters.add(event(name), "too old")).kind);
  return fates;
}

Deno.test("DeadLetterFile keeps an event as it is, with the reason as a header line", async () => {
  await using directory = await TempDirectory.make();
  const path = directory.file("rejected");
  await using letters = await DeadLetterFile.open(path);
  assert.deepEqual(await Array.fromAsync(Deno.readDir(directory.path)), []);
  const content = "line 1\nevent: 2 1 1\n\0 \u{1f525}\n";
  const original = { ...event("a", content), headers: ["offset: 4096", "Rejected: before"] };
  assert.deepEqual(await letters.add(original, "too\r\n old "), { kind: "kept" });
  await letters.add(event("b"), "y".repeat(100_000));
  const [first, second] = read(path);
  const { id, timestamp, source, tags, headers } = first ?? assert.fail();
  assert.deepEqual({ id, timestamp, source, tags }, {
    id: "a",
    timestamp: 1_700_000_000,
    source: "/var/log/a",
    tags: ["t"],
  });
  assert.equal(first?.content, content);
  assert.deepEqual(headers, ["offset: 4096", "rejected: too  old"]);
  assert.equal(second?.headers[0]?.length, "rejected: ".length + 500);
});

Deno.test("DeadLetterFile keeps each event once, also when it is opened again", async () => {
  await using directory = await TempDirectory.make();
  const path = directory.file("rejected");
  for (const expected of [["kept", "kept", "known"], ["known", "known", "known"]]) {
    await using letters = await DeadLetterFile.open(path);
    assert.deepEqual(await addAll(letters, ["a", "b", "a"]), expected);
  }
  assert.deepEqual(ids(path), ["a", "b"]);
});

Deno.test("DeadLetterFile takes events at the same time, in order", async () => {
  await using directory = await TempDirectory.make();
  const path = directory.file("rejected");
  await using letters = await DeadLetterFile.open(path);
  const names = Array.from({ length: 300 }, (_, i) => `e${i}`);
  const first = names.slice(0, 100).map((name) => letters.add(event(name), "no"));
  await first[0];
  const rest = [...names.slice(100), "e5"].map((name) => letters.add(event(name), "no"));
  const fates = await Promise.all([...first, ...rest]);
  assert.deepEqual(fates.map(({ kind }) => kind), [...names.map(() => "kept"), "known"]);
  assert.deepEqual(ids(path), names);
});

Deno.test("DeadLetterFile begins another file at its bound, and knows what is in the older one", async () => {
  await using directory = await TempDirectory.make();
  const path = directory.file("rejected");
  const options = { maxFileBytes: 1000 };
  const names = Array.from({ length: 50 }, (_, i) => `e${i}`);
  {
    await using letters = await DeadLetterFile.open(path, options);
    assert.ok((await addAll(letters, names)).every((kind) => kind === "kept"));
  }
  const [older, current] = [ids(`${path}.1`), ids(path)];
  assert.ok(older.length > 3 && current.length > 0);
  assert.deepEqual([...older, ...current], names.slice(-older.length - current.length));
  for (const name of [path, `${path}.1`]) assert.ok(Deno.statSync(name).size <= 1000);
  await using letters = await DeadLetterFile.open(path, options);
  assert.deepEqual(await addAll(letters, [older[0] ?? "", current[0] ?? ""]), ["known", "known"]);
  assert.deepEqual(await addAll(letters, ["e0"]), ["kept"]);
});

Deno.test("DeadLetterFile keeps an event that is larger than its bound", async () => {
  await using directory = await TempDirectory.make();
  const path = directory.file("rejected");
  await using letters = await DeadLetterFile.open(path, { maxFileBytes: 1000 });
  await letters.add(event("small"), "no");
  await letters.add(event("large", "z".repeat(2 << 20)), "too large");
  assert.deepEqual([ids(`${path}.1`), ids(path)], [["small"], ["large"]]);
});

Deno.test("DeadLetterFile cuts off what a crash left, wherever that cut the last event", async () => {
  await using directory = await TempDirectory.make();
  const path = directory.file("rejected");
  {
    await using letters = await DeadLetterFile.open(path);
    await letters.add(event("a", "ä\nevent: no\n"), "no");
  }
  const whole = Deno.readFileSync(path);
  const twice = new Uint8Array([...whole, ...whole.map((byte) => byte)]);
  const text = new TextDecoder().decode(whole).replace("id:a", "id:b");
  twice.set(new TextEncoder().encode(text), whole.length);
  for (let length = 0; length <= twice.length; length++) {
    Deno.writeFileSync(path, twice.subarray(0, length));
    await using letters = await DeadLetterFile.open(path);
    const before = [whole.length - 1, twice.length - 1].filter((size) => length >= size).length;
    const fates = await addAll(letters, ["a", "b", "c"]);
    const expected = [before > 0 ? "known" : "kept", before > 1 ? "known" : "kept", "kept"];
    assert.deepEqual(fates, expected, `of ${twice.length} bytes ${length} are left`);
    assert.deepEqual(ids(path), ["a", "b", "c"], `of ${twice.length} bytes ${length} are left`);
  }
});

Deno.test("DeadLetterFile passes over bytes that are damaged", async () => {
  await forSeeds(50, async (random) => {
    await using directory = await TempDirectory.make();
    const path = directory.file("rejected");
    const names = Array.from({ length: 20 }, (_, i) => `e${i}`);
    {
      await using letters = await DeadLetterFile.open(path);
      await addAll(letters, names);
    }
    const bytes = Deno.readFileSync(path);
    for (let damages = random.int(1, 5); damages > 0; damages--) {
      bytes[random.below(bytes.length)] = random.below(256);
    }
    Deno.writeFileSync(path, bytes);
    await using letters = await DeadLetterFile.open(path);
    await addAll(letters, [...names, "new"]);
    const kept = new Set(
      [...new EventReader(Deno.readFileSync(path))].map((item) =>
        item instanceof RawEvent ? item.id : ""
      ),
    );
    for (const name of [...names, "new"]) assert.ok(kept.has(name), name);
  });
});

Deno.test("DeadLetterFile.open refuses what it cannot read, and a bound that is none", async () => {
  await using directory = await TempDirectory.make();
  await assert.rejects(
    DeadLetterFile.open(directory.path),
    /^Error: Cannot open dead letters '.*': /,
  );
  const path = directory.file("rejected");
  for (const maxFileBytes of [0, 1.5, NaN]) {
    await assert.rejects(
      DeadLetterFile.open(path, { maxFileBytes }),
      /'maxFileBytes' must be a positive integer: current value is/,
    );
  }
});

Deno.test("DeadLetterFile holds events that cannot be written, and writes them with the next", async () => {
  await using directory = await TempDirectory.make();
  const folder = directory.file("later");
  const path = directory.file("later", "rejected");
  await using letters = await DeadLetterFile.open(path);
  const fate = await letters.add(event("a"), "no");
  assert.ok(fate.kind === "waiting");
  assert.match(fate.error.message, /^Cannot keep rejected event 'a': /);
  assert.deepEqual(await addAll(letters, ["b", "a"]), ["waiting", "known"]);
  Deno.mkdirSync(folder);
  assert.deepEqual(await addAll(letters, ["c"]), ["kept"]);
  assert.deepEqual(ids(path), ["a", "b", "c"]);
});

Deno.test("DeadLetterFile writes what waits when it is disposed of", async () => {
  await using directory = await TempDirectory.make();
  const path = directory.file("later", "rejected");
  {
    await using letters = await DeadLetterFile.open(path);
    await letters.add(event("a"), "no");
    Deno.mkdirSync(directory.file("later"));
  }
  assert.deepEqual(ids(path), ["a"]);
});

Deno.test("DeadLetterFile holds no more than its bound, and says what is lost", async () => {
  await using directory = await TempDirectory.make();
  const path = directory.file("later", "rejected");
  await using letters = await DeadLetterFile.open(path);
  const large = "z".repeat(300_000);
  const kinds: string[] = [];
  for (let i = 0; i < 6; i++) kinds.push((await letters.add(event(`e${i}`, large), "no")).kind);
  assert.deepEqual(kinds, ["waiting", "waiting", "waiting", "lost", "lost", "lost"]);
  Deno.mkdirSync(directory.file("later"));
  assert.equal((await letters.add(event("e5", large), "no")).kind, "kept");
  assert.deepEqual(ids(path), ["e0", "e1", "e2", "e5"]);
});

Deno.test("DeadLetterFile says that the format cannot carry an event", async () => {
  await using directory = await TempDirectory.make();
  await using letters = await DeadLetterFile.open(directory.file("rejected"));
  const fate = await letters.add({ ...event("a"), source: "two\nlines" }, "no");
  assert.ok(fate.kind === "lost");
  assert.match(fate.error.message, /'a': .*'source' must be a single line/);
});

Deno.test({
  name: `DeadLetterFile goes on when the disk has room again${SMALL_DISK_NOTE}`,
  ignore: NO_SMALL_DISK !== undefined,
  fn: keepOnSmallDisk,
});

async function keepOnSmallDisk(): Promise<void> {
  await using disk = await SmallDisk.mount(1 << 20);
  const path = disk.file("rejected");
  await using letters = await DeadLetterFile.open(path);
  assert.deepEqual(await addAll(letters, ["a"]), ["kept"]);
  disk.fill();
  const large = "z".repeat(10_000);
  const fate = await letters.add(event("b", large), "no");
  assert.ok(fate.kind === "waiting");
  assert.match(fate.error.message, /space/i);
  assert.deepEqual(ids(path), ["a"]);
  disk.free();
  assert.deepEqual(await addAll(letters, ["c"]), ["kept"]);
  assert.deepEqual(ids(path), ["a", "b", "c"]);
}
