import assert from "node:assert/strict";
import { concatBytes } from "../../lib/base/bytes.ts";
import { createEvent, EventReader, RawEvent, serializeEvent } from "../../lib/event/mod.ts";
import { FrameReader, readWholeEvents } from "../../lib/web/event_frames.js";
import { ROW_BYTES } from "../../lib/web/event_row.js";
import { forSeeds, type Random } from "../random.ts";

function someEvent(random: Random) {
  return createEvent({
    id: random.text("abc-~ü", 1, 8),
    timestamp: random.int(1, 2e9) + random.int(0, 1e6) / 1e6,
    source: random.text("ab/.", 0, 8),
    tags: random.chance(0.5) ? ["x", "y"] : [],
    content: random.text(["a", "ü", "€", "👍", "\n", "event: 1 2 3\n"], 0, random.pick([5, 400])),
    headers: random.chance(0.3) ? ["level: high", "no colon"] : [],
  });
}

Deno.test("FrameReader reads events that are cut anywhere", () =>
  forSeeds(60, (random) => {
    const events = Array.from({ length: random.int(0, 6) }, () => someEvent(random));
    const bytes = concatBytes(events.map(serializeEvent));
    const reader = new FrameReader();
    const rows = [];
    for (let at = 0; at < bytes.length;) {
      const end = Math.min(bytes.length, at + random.int(1, random.pick([3, 200])));
      rows.push(...reader.push(bytes.slice(at, end)));
      at = end;
    }
    assert.ok(reader.isComplete);
    assert.equal(rows.length, events.length);
    rows.forEach((row, at) => {
      const event = events[at] ?? createEvent({ content: "" });
      assert.equal(row.id, event.id);
      assert.equal(row.source, event.source);
      assert.equal(row.tags, event.tags.join(","));
      assert.ok(Math.abs(row.timestamp - event.timestamp) < 1e-6);
      assert.ok(event.content.startsWith(row.text));
      assert.equal(row.bytes, new TextEncoder().encode(event.content).length);
      assert.equal(row.isCut, row.bytes > ROW_BYTES);
      if (!row.isCut) assert.equal(row.text, event.content);
    });
  }));

Deno.test("FrameReader knows that an event is not complete, and refuses what is none", () => {
  const bytes = serializeEvent(createEvent({ content: "abc" }));
  const reader = new FrameReader();
  assert.deepEqual(reader.push(bytes.subarray(0, bytes.length - 1)), []);
  assert.equal(reader.isComplete, false);
  assert.throws(() => new FrameReader().push(new TextEncoder().encode("hello\n")), /no event/);
  assert.throws(() => new FrameReader().push(new Uint8Array(1000).fill(65)), /no event/);
});

Deno.test("readWholeEvents gives everything as it stands there", () => {
  const event = createEvent({
    id: "a",
    timestamp: 1.5,
    source: "s",
    tags: ["x", "y"],
    content: "line 1\nline 2 ü",
    headers: ["extra: 1", "no colon"],
  });
  const [whole] = readWholeEvents(serializeEvent(event));
  assert.deepEqual(whole?.headers, [
    ["id", "a"],
    ["timestamp", "1.5000000"],
    ["source", "s"],
    ["tags", "x,y"],
    ["extra", "1"],
    ["", "no colon"],
  ]);
  assert.equal(whole.content, event.content);
  assert.equal(whole.raw, new TextDecoder().decode(serializeEvent(event)));
  assert.deepEqual([...readWholeEvents(new Uint8Array(0))], []);
});

Deno.test("FrameReader reads the labels of odd headers as the collector does", () => {
  const headers = [
    "id:\u00a0x\u3000\ntimestamp:1\ntags:a, b,,c\n",
    "id:\nid: y \r\ntimestamp:2\nsource:\u00a0s\n",
    " id:no\nid:yes\n timestamp:9\nTimeStamp:3\n source : s\nTAGS: t \nsource:late\n",
    "__proto__:x\nid:z\ntimestamp:4\nsource:\nsource:late\n",
  ];
  const bytes = concatBytes(headers.map((header) => {
    const { length } = new TextEncoder().encode(header);
    return new TextEncoder().encode(`event: ${length} ${length} 0\n${header}\n`);
  }));
  const wanted = [...new EventReader(bytes)].map((event) => {
    assert.ok(event instanceof RawEvent, `${event}`);
    return [event.id, event.timestamp, event.source, event.tags.join(",")];
  });
  assert.equal(wanted.length, headers.length);
  const rows = new FrameReader().push(bytes);
  assert.deepEqual(rows.map((row) => [row.id, row.timestamp, row.source, row.tags]), wanted);
});
