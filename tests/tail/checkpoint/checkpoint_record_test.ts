import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import type { CheckpointChange } from "../../../lib/tail/checkpoint/checkpoint_change.ts";
import {
  decodeLine,
  encodeChange,
  encodeHeader,
} from "../../../lib/tail/checkpoint/checkpoint_record.ts";
import { batch, position } from "./fixtures.ts";

const CHANGES: readonly CheckpointChange[] = [
  { kind: "batch", batch: { id: 7, ...batch(1, 5, 90) }, at: 1.7e12 },
  { kind: "batch", batch: { id: 8, path: "", timestamp: -1.5e-7, spans: [] }, at: 0 },
  { kind: "settled", ids: [1, 2, 2 ** 50] },
  { kind: "position", position: position(3, 2 ** 45), at: 1.7e12 },
  { kind: "source", key: 'a "strange"\\ \n\u2028 ä 🦕 \ud800 key' },
];

/** A line with the right checksum. */
function lineOf(json: string): Uint8Array {
  const bytes = new TextEncoder().encode(json);
  return new TextEncoder().encode(`${crc32(bytes).toString(16).padStart(8, "0")} ${json}`);
}

Deno.test("decodeLine reads what encodeChange and encodeHeader wrote", () => {
  for (const change of CHANGES) {
    for (const durable of [0, 11]) {
      const line = encodeChange(12, durable, change);
      assert.equal(line.indexOf(10), line.length - 1);
      const decoded = decodeLine(line.subarray(0, -1));
      assert.deepEqual(decoded, { kind: "change", number: 12, durable, change });
    }
  }
  const header = { number: 5, lines: 3, bytes: 65536, nextId: 9 };
  const decoded = decodeLine(encodeHeader(header).subarray(0, -1));
  assert.deepEqual(decoded, { kind: "header", version: 1, ...header });
});

Deno.test("decodeLine refuses every part of a line, and a line with any other byte", () => {
  for (const change of CHANGES) {
    const line = encodeChange(12, 11, change).subarray(0, -1);
    for (let at = 0; at < line.length; at++) {
      assert.equal(decodeLine(line.subarray(0, at)), undefined);
      const wrong = line.slice();
      wrong[at] = (line[at] ?? 0) ^ 0x20;
      assert.equal(decodeLine(wrong), undefined);
    }
  }
});

Deno.test("decodeLine refuses what has the right checksum and is nothing that it knows", () => {
  const place = JSON.stringify(position(1, 1));
  for (
    const json of [
      "",
      "[",
      "null",
      "5",
      "[]",
      "{}",
      '{"n":1}',
      '{"n":-1,"source":"a"}',
      '{"n":1.5,"source":"a"}',
      '{"n":1,"d":"x","source":"a"}',
      '{"n":1,"source":5}',
      '{"n":1,"settled":[1,"x"]}',
      `{"n":1,"position":${place}}`,
      '{"n":1,"at":1,"position":null}',
      `{"n":1,"at":1,"position":${place.replace('"head"', '"neck"')}}`,
      `{"n":1,"at":1,"position":${place.replace('"offset"', '"onset"')}}`,
      '{"n":1,"at":1,"batch":"x","path":"a","timestamp":1,"spans":[]}',
      '{"n":1,"at":1,"batch":1,"path":"a","timestamp":1,"spans":[{"from":1}]}',
      '{"n":1,"at":1,"batch":1,"path":"a","timestamp":1}',
      '{"format":"theia-checkpoint","version":0,"n":1,"lines":0,"bytes":0,"next":1}',
      '{"format":"theia-checkpoint","version":1,"n":1,"lines":0,"bytes":0}',
    ]
  ) {
    assert.equal(decodeLine(lineOf(json)), undefined, json);
  }
});

Deno.test("decodeLine knows the header of a newer version, whatever else is in it", () => {
  const line = decodeLine(lineOf('{"format":"theia-checkpoint","version":2,"n":"x"}'));
  assert.ok(line?.kind === "header" && line.version === 2);
});
