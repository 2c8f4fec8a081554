import assert from "node:assert/strict";
import { FilesStore } from "../../lib/store/files/files_store.ts";
import type { FilesStoreNotice } from "../../lib/store/files/notice.ts";
import { EventStoreError } from "../../lib/store/store.ts";
import { event, events, find, findIds, rawEvent, tempDirectory } from "./fixtures.ts";
import { openFiles } from "./files_fixture.ts";

const MINUTE = 1509989580;

/** An event as Theia 0.9.2 writes it into a file: with a blank line after it. */
function entry(id: string, timestamp: string, content = `content of ${id}`): string {
  const header = `id:${id}\ntimestamp: ${timestamp}\nsource:test\ntags:a,b\n`;
  const sizes = [header.length + content.length, header.length, content.length];
  return `event: ${sizes.join(" ")}\n${header}${content}\n\n`;
}

/** Writes files, opens the store over them, and gives what it reported. */
async function openOver(
  directory: string,
  files: Readonly<Record<string, string>>,
): Promise<{ readonly store: FilesStore; readonly notices: FilesStoreNotice[] }> {
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${directory}/${name}`, text);
  }
  const notices: FilesStoreNotice[] = [];
  const store = await FilesStore.open(directory, { observer: (notice) => notices.push(notice) });
  return { store, notices };
}

async function names(directory: string): Promise<string[]> {
  const found = await Array.fromAsync(Deno.readDir(directory), ({ name }) => name);
  return found.filter((name) => !name.startsWith(".")).sort();
}

Deno.test("FilesStore writes files as Theia 0.9.2 does, byte for byte", async () => {
  await using fixture = await openFiles();
  const { store, path } = fixture;
  const odd = rawEvent("X-Odd: 1\r\nid: o\r\ntimestamp:1509989640\n", "größe");
  await store.save([event("a", { timestamp: MINUTE + 50.5, tags: ["x", "y"], content: "one" })]);
  await store.save([
    event("b", { timestamp: MINUTE + 1, source: "s", content: "" }),
    odd,
    event("c", { timestamp: MINUTE + 59.5 }),
  ]);
  const expected =
    "event: 57 54 3\nid:a\ntimestamp: 1509989630.5000000\nsource:\ntags:x,y\none\n\n" +
    "event: 52 52 0\nid:b\ntimestamp: 1509989581.0000000\nsource:s\ntags:\n\n\n" +
    "event: 51 51 0\nid:c\ntimestamp: 1509989639.5000000\nsource:\ntags:\n\n\n";
  const sized = expected.replaceAll(
    /event: \d+ \d+ \d+\n((?:\w+:.*\n)+)(.*)\n\n/g,
    (_, header, content) =>
      `event: ${header.length + content.length} ${header.length} ${content.length}\n` +
      `${header}${content}\n\n`,
  );
  const first = `${path}/1509989580-1509989640`;
  assert.equal(await Deno.readTextFile(first), sized);
  const header = "X-Odd: 1\r\nid: o\r\ntimestamp:1509989640\n";
  assert.equal(
    await Deno.readTextFile(`${path}/1509989640-1509989700`),
    `event: ${header.length + 7} ${header.length} 7\n${header}größe\n\n`,
  );
  assert.deepEqual(await names(path), ["1509989580-1509989640", "1509989640-1509989700"]);
});

Deno.test("FilesStore reads a directory as Theia 0.9.2 leaves it", async () => {
  await using directory = await tempDirectory();
  const files = {
    // Spans overlap; events lie in the order in which they came; a last one was not written to its end.
    "1509989630-1509989690": entry("a", "1509989630.5000000") + entry("d", "1509989689.0000000"),
    "1509989625-1509989685": entry("c", "1509989660.2500000") + entry("b", "1509989631.0000000") +
      "\n\n" + entry("e", "1509989684.0000000").slice(0, 40),
    "1509999999-1510000059": "",
    "tmpx3k2_1": "left by an interrupted flush",
    "notes.txt": "not ours",
    "1509989630-1509989690.bak": entry("no", "1509989630.0000000"),
  };
  const { store, notices } = await openOver(directory.path, files);
  await using _ = store;
  assert.deepEqual(await findIds(store), ["a", "b", "c", "d"]);
  assert.deepEqual(await findIds(store, { order: "desc" }), ["d", "c", "b", "a"]);
  assert.deepEqual(await findIds(store, { start: 1509989631, limit: 2 }), ["b", "c"]);
  const torn = "1509989625-1509989685";
  const offset = files[torn].length - 40;
  assert.deepEqual(notices, [{ kind: "torn-tail", file: torn, offset, bytes: 40 }]);
  assert.equal((await store.stats()).damaged, 1);
  const again = await store.save([
    ...["a", "b"].map((id, i) => event(id, { timestamp: 1509989630.5 + i / 2 })),
    event("new", { timestamp: 1509989632 }),
    event("other", { timestamp: 1509989700 }),
  ]);
  assert.deepEqual(again, { saved: 2, duplicates: 2 });
  assert.deepEqual(await findIds(store), ["a", "b", "new", "c", "d", "other"]);
  assert.equal(await Deno.readTextFile(`${directory.path}/notes.txt`), "not ours");
  assert.deepEqual(await names(directory.path), [
    "1509989625-1509989685",
    "1509989630-1509989690",
    "1509989630-1509989690.bak",
    "1509989700-1509989760",
    "1509999999-1510000059",
    "notes.txt",
    "tmpx3k2_1",
  ]);
});

Deno.test("FilesStore passes over garbage and tells file and offset", async () => {
  await using directory = await tempDirectory();
  const name = `${MINUTE}-${MINUTE + 60}`;
  const good = entry("a", `${MINUTE}.0`);
  const text = `${good}garbage\nmore\n${entry("b", `${MINUTE + 1}.0`)}`;
  const { store, notices } = await openOver(directory.path, { [name]: text });
  await using _ = store;
  assert.deepEqual(await findIds(store), ["a", "b"]);
  assert.equal(notices.length, 1);
  const [notice] = notices;
  assert.ok(notice?.kind === "damaged-file");
  assert.deepEqual([notice.file, notice.offset, notice.bytes], [name, good.length, 13]);
  assert.equal((await store.stats()).damaged, 1);
  await store.save([event("c", { timestamp: MINUTE + 2 })]);
  const now = await Deno.readTextFile(`${directory.path}/${name}`);
  assert.ok(now.startsWith(text), "what was there stays");
});

Deno.test("FilesStore does not let a damaged size take the next event along", async () => {
  await using directory = await tempDirectory();
  const name = `${MINUTE}-${MINUTE + 60}`;
  const parts = ["a", "b", "c"].map((id) => entry(id, `${MINUTE}.0`));
  const [a = "", b = "", c = ""] = parts;
  const damaged = b.replace(
    /^event: (\d+) (\d+) (\d+)/,
    (_, t, h, n) => `event: ${t} ${h} ${+n + 9}`,
  );
  const { store, notices } = await openOver(directory.path, { [name]: a + damaged + c });
  await using _ = store;
  assert.deepEqual(await findIds(store), ["a", "c"]);
  assert.deepEqual(notices.map(({ kind }) => kind), ["damaged-file"]);
});

Deno.test("FilesStore appends behind a tail without its newlines", async () => {
  for (const cut of [1, 2]) {
    await using directory = await tempDirectory();
    const name = `${MINUTE}-${MINUTE + 60}`;
    const whole = entry("a", `${MINUTE}.0`);
    const { store, notices } = await openOver(directory.path, { [name]: whole.slice(0, -cut) });
    await using _ = store;
    assert.deepEqual(notices, []);
    await store.save([event("b", { timestamp: MINUTE + 1 })]);
    assert.deepEqual(await findIds(store), ["a", "b"]);
    const text = await Deno.readTextFile(`${directory.path}/${name}`);
    assert.ok(text.startsWith(`${whole}event: `), text);
  }
});

Deno.test("FilesStore keeps arrival numbers when its index is lost, from the first file on", async () => {
  await using fixture = await openFiles();
  await fixture.store.save(events("a", 200, MINUTE));
  await fixture.store[Symbol.asyncDispose]();
  await Deno.remove(`${fixture.path}/.theia-index`);
  const store = await fixture.reopen();
  const { arrivals, ids } = await find(store);
  assert.deepEqual(ids, events("a", 200, MINUTE).map(({ id }) => id));
  assert.deepEqual(arrivals, Array.from({ length: 200 }, (_, i) => i + 1));
  assert.deepEqual(await store.save(events("a", 200, MINUTE)), { saved: 0, duplicates: 200 });
});

Deno.test("FilesStore gives events that another program wrote numbers above the last one", async () => {
  await using fixture = await openFiles();
  await fixture.store.save(events("a", 100, MINUTE));
  await fixture.store[Symbol.asyncDispose]();
  const file = `${fixture.path}/${MINUTE}-${MINUTE + 60}`;
  await Deno.writeTextFile(file, entry("late", `${MINUTE + 3}.5`), { append: true });
  const store = await fixture.reopen();
  assert.equal(store.cursor, 101);
  assert.deepEqual(await findIds(store, { since: 100 }), ["late"]);
  assert.equal((await findIds(store)).length, 101);
});

Deno.test("FilesStore says that a file was changed", async () => {
  await using directory = await tempDirectory();
  const first = await openOver(directory.path, {});
  await first.store.save(events("a", 3, MINUTE));
  await first.store[Symbol.asyncDispose]();
  const name = `${MINUTE}-${MINUTE + 60}`;
  const { store, notices } = await openOver(directory.path, {
    [name]: entry("other", `${MINUTE}.0`),
  });
  await using _ = store;
  assert.deepEqual(notices, [{ kind: "changed-file", file: name }]);
  assert.deepEqual(await findIds(store, { since: 3 }), ["other"]);
});

Deno.test("FilesStore.delete leaves the rest of the file as it was", async () => {
  await using fixture = await openFiles();
  const { store, path } = fixture;
  await store.save([
    event("a", { timestamp: MINUTE }),
    event("b", { timestamp: MINUTE + 1, content: "gone" }),
    event("c", { timestamp: MINUTE + 2 }),
    event("b", { timestamp: MINUTE + 120, content: "gone too" }),
  ]);
  const { arrivals } = await find(store, { id: "[ac]" });
  const file = `${path}/${MINUTE}-${MINUTE + 60}`;
  const before = await Deno.readTextFile(file);
  await store.delete("b");
  assert.equal(await Deno.readTextFile(file), before.replace(/event: \d+ \d+ 4\n[^]*gone\n\n/, ""));
  assert.deepEqual(await names(path), [`${MINUTE}-${MINUTE + 60}`]);
  const reopened = await fixture.reopen();
  assert.deepEqual((await find(reopened)).arrivals, arrivals);
});

Deno.test("FilesStore.open refuses a directory that is open and takes it once that is closed", async () => {
  await using directory = await tempDirectory();
  {
    await using first = await FilesStore.open(directory.path);
    await first.save([event("a")]);
    await assert.rejects(FilesStore.open(directory.path), (error) => {
      assert.ok(error instanceof EventStoreError);
      assert.match(error.message, /another process has it open/);
      assert.ok(error.message.includes(directory.path));
      return true;
    });
  }
  await using second = await FilesStore.open(directory.path);
  assert.deepEqual(await findIds(second), ["a"]);
});

Deno.test("FilesStore.open refuses an index of a later version", async () => {
  await using fixture = await openFiles();
  await fixture.store[Symbol.asyncDispose]();
  const text = '{"format":"theia-files-index","version":9}';
  const { crc32 } = await import("node:zlib");
  const line = `${crc32(text).toString(16).padStart(8, "0")} ${text}\n`;
  await Deno.writeTextFile(`${fixture.path}/.theia-index`, line);
  await assert.rejects(FilesStore.open(fixture.path), /version 9/);
});

Deno.test("FilesStore.open refuses a file in place of the directory, and bad options", async () => {
  await using directory = await tempDirectory();
  await Deno.writeTextFile(`${directory.path}/data`, "");
  await assert.rejects(FilesStore.open(`${directory.path}/data`), EventStoreError);
  await assert.rejects(FilesStore.open(directory.path, { flushIntervalMs: -1 }), RangeError);
});

Deno.test("FilesStore with a flush interval keeps what was saved over closing", async () => {
  await using fixture = await openFiles({ flushIntervalMs: 60_000 });
  await fixture.store.save(events("a", 100, MINUTE));
  const store = await fixture.reopen();
  assert.equal((await findIds(store)).length, 100);
});
