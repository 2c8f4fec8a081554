import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { concatBytes } from "../../lib/base/bytes.ts";
import { CompressedDataError } from "../../lib/base/compression/decompressor.ts";
import { AHEAD_BYTES, BEHIND_BYTES, CompressedReader } from "../../lib/tail/compressed_reader.ts";
import { HEAD_BYTES } from "../../lib/tail/file_identity.ts";
import { isCompressed } from "../../lib/tail/rotation_names.ts";
import { type Format, FORMATS } from "../base/compression/samples.ts";
import { forSeeds, Random } from "../random.ts";
import { Workbench } from "./workbench.ts";

const MEGABYTE = 1024 * 1024;
/** What may be kept beside the window: the head's piece, those around a mark, those begun. */
const SLACK_BYTES = 512 * 1024;

/** Lines of a fixed length, of which each can be told. */
function numberedLines(bytes: number, first = 0): Uint8Array {
  const lines: string[] = [];
  for (let at = 0; at < bytes; at += 16) lines.push(`${first + at}`.padStart(15, "0"));
  return new TextEncoder().encode(lines.join("\n") + "\n").subarray(0, bytes);
}

function openBytes(bench: Workbench, format: Format, compressed: Uint8Array): CompressedReader {
  const path = bench.at(`log.${format.extension}`);
  Deno.writeFileSync(path, compressed);
  return CompressedReader.open(path);
}

async function untilEnd(reader: CompressedReader): Promise<void> {
  while (reader.state.kind === "reading") await reader.changed();
}

function readText(reader: CompressedReader, offset: number, length: number): string {
  const buffer = new Uint8Array(length);
  return new TextDecoder().decode(buffer.subarray(0, reader.readAt(offset, buffer)));
}

function read(reader: CompressedReader, offset: number, buffer: Uint8Array): Uint8Array {
  let count = 0;
  for (;;) {
    const more = reader.readAt(offset + count, buffer.subarray(count));
    if (more === 0 || count + more === buffer.length) return buffer.subarray(0, count + more);
    count += more;
  }
}

/** Reads from an offset to the end, waiting where nothing is there yet. */
async function* readOn(reader: CompressedReader, from: number): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(256 * 1024);
  for (let offset = from;;) {
    const count = reader.readAt(offset, buffer);
    offset += count;
    if (count > 0) yield buffer.subarray(0, count);
    else if (reader.state.kind === "reading") await reader.changed();
    else return;
  }
}

async function readRest(reader: CompressedReader, from: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of readOn(reader, from)) pieces.push(piece.slice());
  return concatBytes(pieces);
}

Deno.test("isCompressed knows the endings that can be read", () => {
  for (const path of ["a.gz", "/x/a.log.1.zst", "A.GZ"]) assert.ok(isCompressed(path), path);
  for (const path of ["a", "a.gz.1", "a.xz", "gz", "a.zst~"]) assert.ok(!isCompressed(path), path);
});

Deno.test("CompressedReader.open fails as opening a file does", () => {
  using bench = new Workbench();
  assert.throws(() => CompressedReader.open(bench.at("no.gz")), Deno.errors.NotFound);
  Deno.mkdirSync(bench.at("directory.gz"));
  assert.throws(() => CompressedReader.open(bench.at("directory.gz")), TypeError);
});

for (const format of FORMATS) {
  const name = `CompressedReader of ${format.extension}`;

  Deno.test(`${name} has the numbers of its file and the size of what it decompressed`, async () => {
    using bench = new Workbench();
    using reader = openBytes(bench, format, format.compress(numberedLines(5000)));
    assert.deepEqual(reader.state, { kind: "reading" });
    assert.equal(reader.stat().size, 0);
    assert.equal(reader.readAt(0, new Uint8Array(10)), 0);
    await untilEnd(reader);
    const info = Deno.statSync(bench.at(`log.${format.extension}`));
    assert.deepEqual(reader.stat(), { ...info, size: 5000 });
    assert.equal(reader.stat().isFile, true);
    assert.deepEqual(reader.state, { kind: "complete", size: 5000 });
    await reader.changed();
  });

  Deno.test(`${name} is read at any place`, async () => {
    using bench = new Workbench();
    const lines = numberedLines(300_000);
    using reader = openBytes(bench, format, format.compress(lines));
    await untilEnd(reader);
    await forSeeds(200, (random) => {
      const offset = random.pick([random.below(3 * HEAD_BYTES), random.below(301_000)]);
      const buffer = new Uint8Array(random.int(1, 100_000));
      assert.deepEqual(
        read(reader, offset, buffer),
        lines.subarray(offset, offset + buffer.length),
      );
    });
  });

  Deno.test(`${name} gives the lines of all members in their order`, async () => {
    using bench = new Workbench();
    const members = [numberedLines(100_000), new Uint8Array(0), numberedLines(16, 100_000)];
    const data = concatBytes(members.map((member) => format.compress(member)));
    using reader = openBytes(bench, format, data);
    assert.deepEqual(await readRest(reader, 0), concatBytes(members));
  });

  Deno.test(`${name} lets what is good be read of a file cut off anywhere`, async () => {
    using bench = new Workbench();
    const lines = numberedLines(4000);
    const data = format.compress(lines);
    for (let length = 0; length < data.length; length += 3) {
      using reader = openBytes(bench, format, data.subarray(0, length));
      const bytes = await readRest(reader, 0);
      assert.deepEqual(bytes, lines.subarray(0, bytes.length));
      const { state } = reader;
      assert.ok(state.kind === "failed" && state.error instanceof CompressedDataError);
      assert.equal(state.error.fault, "truncated");
      assert.equal(reader.stat().size, bytes.length);
      await reader.changed();
    }
  });

  Deno.test(`${name} fails where its file is damaged`, async () => {
    using bench = new Workbench();
    const random = new Random(1);
    const noise = new Uint8Array(500_000).map(() => 65 + random.below(64));
    const data = format.compress(noise);
    const middle = Math.floor(data.length / 2);
    data.set(new Uint8Array(100).map(() => random.below(256)), middle);
    using reader = openBytes(bench, format, data);
    const bytes = await readRest(reader, 0);
    const { state } = reader;
    assert.ok(state.kind === "failed" && state.error instanceof CompressedDataError);
    assert.equal(state.error.fault, "corrupt");
    assert.ok(bytes.length > 100_000, `${bytes.length} bytes`);
    assert.deepEqual(bytes.subarray(0, 100_000), noise.subarray(0, 100_000));
  });

  Deno.test(`${name} reads 200 MB with little in memory`, async () => {
    using bench = new Workbench();
    const block = numberedLines(4 * MEGABYTE);
    const member = format.compress(block, 1);
    const expected = createHash("sha256");
    const path = bench.at(`log.${format.extension}`);
    for (let count = 0; count < 50; count++) {
      Deno.writeFileSync(path, member, { append: true });
      expected.update(block);
    }
    using reader = CompressedReader.open(path);
    const hash = createHash("sha256");
    let most = 0;
    for await (const piece of readOn(reader, 0)) {
      hash.update(piece);
      most = Math.max(most, reader.heldBytes);
    }
    assert.deepEqual(reader.state, { kind: "complete", size: 50 * block.length });
    assert.equal(hash.digest("hex"), expected.digest("hex"));
    assert.ok(most <= AHEAD_BYTES + BEHIND_BYTES + SLACK_BYTES, `${most} bytes`);
  });

  Deno.test(`${name} stops ahead of a reader that does not read, and goes on with it`, async () => {
    using bench = new Workbench();
    using reader = openBytes(bench, format, format.compress(new Uint8Array(30 * MEGABYTE)));
    while (reader.stat().size < AHEAD_BYTES) await reader.changed();
    for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
    assert.ok(reader.stat().size < AHEAD_BYTES + 2 * 128 * 1024);
    assert.equal(reader.state.kind, "reading");
    const { size } = reader.stat();
    const change = reader.changed();
    reader.readAt(size - 1, new Uint8Array(1));
    await change;
    assert.ok(reader.stat().size > size);
  });

  Deno.test(`${name} skips far without keeping what it skips`, async () => {
    using bench = new Workbench();
    const size = 40 * MEGABYTE;
    const lines = numberedLines(size);
    using reader = openBytes(bench, format, format.compress(lines, 1));
    const offset = 35 * MEGABYTE + 5;
    reader.skipTo(offset);
    let most = 0;
    while (reader.stat().size < offset) {
      await reader.changed();
      most = Math.max(most, reader.heldBytes);
    }
    assert.ok(most <= SLACK_BYTES, `${most} bytes`);
    const tail = read(reader, offset - HEAD_BYTES, new Uint8Array(HEAD_BYTES));
    assert.deepEqual(tail, lines.subarray(offset - HEAD_BYTES, offset));
    assert.equal(readText(reader, 0, 16), "000000000000000\n");
    const hash = createHash("sha256").update(await readRest(reader, offset)).digest("hex");
    assert.equal(hash, createHash("sha256").update(lines.subarray(offset)).digest("hex"));
    reader.skipTo(size + 1);
    assert.equal(reader.readAt(size, new Uint8Array(1)), 0);
  });

  Deno.test(`${name} keeps what surrounds the offset skipped to, and refuses what it dropped`, async () => {
    using bench = new Workbench();
    const lines = numberedLines(12 * MEGABYTE);
    using reader = openBytes(bench, format, format.compress(lines, 1));
    const offset = 3 * MEGABYTE;
    let at = 0;
    for await (const piece of readOn(reader, 0)) {
      at += piece.length;
      if (at >= offset && at - piece.length < offset) reader.skipTo(offset);
    }
    const around = read(reader, offset - HEAD_BYTES, new Uint8Array(2 * HEAD_BYTES));
    assert.deepEqual(around, lines.subarray(offset - HEAD_BYTES, offset + HEAD_BYTES));
    const behind = at - BEHIND_BYTES;
    assert.deepEqual(
      read(reader, behind, new Uint8Array(100)),
      lines.subarray(behind, behind + 100),
    );
    assert.throws(() => reader.readAt(2 * MEGABYTE, new Uint8Array(1)), RangeError);
    assert.throws(() => reader.readAt(6 * MEGABYTE, new Uint8Array(1)), RangeError);
  });

  Deno.test(`${name} ends at once when it is closed in the middle`, async () => {
    using bench = new Workbench();
    const reader = openBytes(bench, format, format.compress(new Uint8Array(30 * MEGABYTE)));
    await reader.changed();
    const change = reader.changed();
    reader[Symbol.dispose]();
    await change;
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(reader.state.kind, "failed");
    reader[Symbol.dispose]();
    assert.equal(reader.heldBytes, 0);
  });
}
