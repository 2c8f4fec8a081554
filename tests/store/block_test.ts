import assert from "node:assert/strict";
import { toRawEvent } from "../../lib/event/text_format.ts";
import { Block } from "../../lib/store/sqlite/block.ts";
import { encodeBlock } from "../../lib/store/sqlite/block_encoder.ts";
import {
  type BlockColumns,
  COLUMNS,
  isSound,
  makeChecksums,
} from "../../lib/store/sqlite/block_layout.ts";
import { compareStored, type StoredEvent } from "../../lib/store/sqlite/stored_event.ts";
import { EventReadError } from "../../lib/store/store.ts";
import { assertSameEvents, event, events, rawEvent } from "./fixtures.ts";
import { Random } from "../random.ts";

function store(items: Parameters<typeof toRawEvent>[0][]): StoredEvent[] {
  return items.map((item, i) => ({ event: toRawEvent(item), arrival: 10 + i })).sort(compareStored);
}

function open(columns: BlockColumns): Block {
  return new Block((column) => new Uint8Array(columns[column]));
}

function encode(stored: readonly StoredEvent[]): Block {
  return open(encodeBlock(stored).columns);
}

function allRows(block: Block): number[] {
  return Array.from({ length: block.count }, (_, row) => row);
}

const SETS: Readonly<Record<string, StoredEvent[]>> = {
  "one event": store([event("a", { content: "hello" })]),
  "one empty event": store([rawEvent("id:a\n", "")]),
  "empty contents only": store([event("a"), event("b"), event("c")]),
  "empty among others": store([event("a"), event("b", { content: "x" }), event("c")]),
  "contents of newlines": store([
    event("a", { content: "\n" }),
    event("b", { content: "\n\n" }),
    event("c", { content: "x\n" }),
  ]),
  "non-ASCII": store([
    event("жук", { content: "größe 🐞", source: "лог", tags: ["日本"] }),
    event("b", { content: "\u{feff}x" }),
  ]),
  "odd headers": store([
    rawEvent("X: 1\r\nid:  odd \r\ntimestamp:3\r\n", "x"),
    rawEvent("no colon\ntimestamp: 2\nid:b", "y"),
    rawEvent("id:c\ntimestamp: 4\nsource:s\nX: 1\ntags:t\n", "tags after another line"),
    rawEvent("id:d\ntimestamp: 4\nsource:s\ntags:t\nsource:other\nY: 2", "two sources"),
    rawEvent("id:e\ntimestamp: 4\n", "no labels"),
    rawEvent("id:f\ntimestamp: 4\nSource:S\nTags:a,b\n", "other case"),
    rawEvent("id:g\ntimestamp: 4\nsource:s\ntags:", "no newline at the end"),
  ]),
  "equal timestamps": store(["c", "b", "a"].map((id) => event(id, { timestamp: 5 }))),
  "thousands": store(events("e", 6000)),
};

Deno.test("Block returns what encodeBlock was given", async (t) => {
  for (const [what, stored] of Object.entries(SETS)) {
    await t.step(what, () => {
      const block = encode(stored);
      assert.equal(block.count, stored.length);
      const found = block.events(allRows(block));
      assertSameEvents(found.map((item) => item.event), stored.map((item) => item.event));
      for (const [row, { event, arrival }] of stored.entries()) {
        const again = found[row];
        assert.equal(again?.arrival, arrival);
        assert.deepEqual(again?.event.toEvent(), event.toEvent());
        assert.equal(block.timestamp(row), event.timestamp);
        assert.equal(block.arrival(row), arrival);
        assert.equal(block.content(row), event.content);
        assert.equal(new TextDecoder().decode(block.idBytes(row)), event.id);
        const labels = block.labels()[block.labelNumber(row)];
        assert.deepEqual([labels?.source, labels?.tags], [event.source, event.tags]);
      }
    });
  }
});

Deno.test("Block returns any choice of rows in the order asked for", () => {
  const stored = store(events("e", 1000));
  const block = encode(stored);
  const random = new Random(5);
  for (let i = 0; i < 50; i++) {
    const rows = Array.from({ length: random.below(20) }, () => random.below(1000));
    assert.deepEqual(
      block.events(rows).map(({ event }) => event.id),
      rows.map((row) => stored[row]?.event.id),
    );
  }
});

Deno.test("Block.byteText holds the contents where contentStart and contentEnd say", () => {
  const stored = store([
    event("a", { content: "one\ntwo" }),
    event("b"),
    event("c", { content: "\0three" }),
  ]);
  const block = encode(stored);
  const text = block.byteText();
  for (const row of allRows(block)) {
    assert.equal(text.slice(block.contentStart(row), block.contentEnd(row)), block.content(row));
  }
});

Deno.test("Block.byteText has a character per byte where a content is not ASCII", () => {
  const block = encode(store([event("a", { content: "é" }), event("b")]));
  assert.equal(block.byteText().length, block.contentStart(block.count));
  assert.equal(block.byteText().slice(0, 3), "\xc3\xa9\n");
});

Deno.test("Block.asciiRows tells the rows whose contents are not ASCII", () => {
  const contents = ["a", "é", "", "漢\n字", "b", "c\n", "ж"];
  const stored = store(contents.map((content, i) => event(`e${i}`, { content })));
  const block = encode(stored);
  const expected = allRows(block).map((row) => /^[\0-\x7f]*$/.test(block.content(row)));
  assert.deepEqual(block.asciiRows(), expected);
  assert.equal(expected.filter((isAscii) => !isAscii).length, 3);
  const header = store([event("é", { content: "x" })]);
  assert.equal(encode(header).asciiRows(), undefined);
});

Deno.test("encodeBlock summarises what it holds", () => {
  const stored = [
    { event: toRawEvent(event("a", { timestamp: 1, source: "s", tags: ["x", "y"] })), arrival: 7 },
    { event: toRawEvent(event("b", { timestamp: 2, source: "t", tags: ["y"] })), arrival: 3 },
    { event: toRawEvent(event("c", { timestamp: 3, source: "s", content: "ä" })), arrival: 5 },
  ];
  const { summary, columns } = encodeBlock(stored);
  const { storedBytes, rawBytes, ...rest } = summary;
  const size = COLUMNS.reduce((sum, column) => sum + columns[column].length, 0);
  assert.equal(storedBytes, size);
  assert.equal(
    rawBytes,
    stored.reduce((sum, { event }) => sum + event.contentEnd - event.headerStart, 0),
  );
  assert.deepEqual(rest, {
    minTimestamp: 1,
    maxTimestamp: 3,
    minArrival: 3,
    maxArrival: 7,
    events: 3,
    sources: ["s", "t"],
    tags: ["x", "y", ""],
  });
});

Deno.test("encodeBlock lists 256 sources and tags and no more", () => {
  for (const [count, listed] of [[256, 256], [257, undefined], [1000, undefined]] as const) {
    const stored = store(
      events("e", count).map((item, i) => ({ ...item, source: `s${i}`, tags: [`t${i}`] })),
    );
    const { sources, tags } = encodeBlock(stored).summary;
    assert.equal(sources?.length, listed);
    assert.equal(tags?.length, listed);
  }
});

Deno.test("encodeBlock stores equal labels once", () => {
  const many = store(events("e", 3000).map((item, i) => ({ ...item, source: `s${i % 3}` })));
  assert.equal(encode(many).labels().length, 3);
});

Deno.test("Block reads no more columns than it needs", () => {
  const { columns } = encodeBlock(store(events("e", 50)));
  const read: string[] = [];
  const block = new Block((column) => {
    read.push(column);
    return new Uint8Array(columns[column]);
  });
  block.labels();
  block.byteText();
  block.byteText();
  assert.deepEqual(read, ["rows", "labels", "contents"]);
});

Deno.test("isSound tells columns with any bit changed, cut off or exchanged", () => {
  const { columns } = encodeBlock(store(events("e", 50)));
  const checksums = makeChecksums(columns);
  for (const column of COLUMNS) {
    const bytes = columns[column];
    assert.ok(isSound(checksums, column, bytes));
    assert.ok(!isSound(checksums, column, bytes.subarray(1)));
    assert.ok(!isSound(checksums, column, new Uint8Array()));
    assert.ok(!isSound(checksums.subarray(4), column, bytes));
    for (let bit = 0; bit < bytes.length * 8; bit += 5) {
      const changed = bytes.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.ok(!isSound(checksums, column, changed));
    }
  }
  assert.ok(!isSound(checksums, "rows", columns.headers));
});

Deno.test("Block refuses a column that is not compressed", () => {
  const { columns } = encodeBlock(store(events("e", 50)));
  for (const column of COLUMNS) {
    assert.throws(
      () => open({ ...columns, [column]: new Uint8Array(20) }).allEvents(),
      EventReadError,
    );
  }
});
