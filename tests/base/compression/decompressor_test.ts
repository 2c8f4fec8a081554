import assert from "node:assert/strict";
import { constants, zstdCompressSync } from "node:zlib";
import { concatBytes } from "../../../lib/base/bytes.ts";
import { CompressedDataError } from "../../../lib/base/compression/decompressor.ts";
import { forSeeds, Random } from "../../random.ts";
import {
  decompressAll,
  FORMATS,
  GZIP,
  randomBytes,
  readFrom,
  shiftedBytes,
  ZSTD,
} from "./samples.ts";

const TEXT = new TextEncoder().encode(
  Array.from({ length: 60 }, (_, index) => `line ${index} of some text, ${index * 7919}\n`).join(
    "",
  ),
);

function faultOf(error: unknown): string {
  assert.ok(error instanceof CompressedDataError, `${error}`);
  return error.fault;
}

function assertPrefix(bytes: Uint8Array, whole: Uint8Array): void {
  assert.deepEqual(bytes, whole.subarray(0, bytes.length));
}

for (const format of FORMATS) {
  const name = `Decompressor of ${format.extension}`;

  Deno.test(`${name} gives back what was compressed, whatever it is and however it is read`, async () => {
    await forSeeds(40, (random) => {
      const size = random.pick([0, 1, 10, 1000, 70_000, 300_000]);
      const bytes = randomBytes(random, random.int(Math.floor(size / 2), size));
      const compressed = format.compress(bytes, random.pick(format.levels));
      const most = random.pick([1, 7, 4096, Infinity]);
      const outcome = decompressAll(format.open(readFrom(compressed, most)));
      assert.equal(outcome.error, undefined);
      assert.deepEqual(outcome.bytes, bytes);
    });
  });

  Deno.test(`${name} joins members, empty ones as well`, () => {
    const empty = format.compress(new Uint8Array(0));
    const members = [TEXT, new Uint8Array(0), TEXT.subarray(0, 5), TEXT];
    const data = concatBytes([...members.map((part) => format.compress(part)), empty]);
    for (const most of [1, 1000, Infinity]) {
      const outcome = decompressAll(format.open(readFrom(data, most)));
      assert.deepEqual(outcome, { bytes: concatBytes(members) });
    }
  });

  Deno.test(`${name} tells of data that ends at any place, after what can be made of it`, () => {
    const first = format.compress(TEXT.subarray(0, 500), 1);
    const data = concatBytes([first, format.compress(TEXT.subarray(500))]);
    let longest = 0;
    for (let length = 0; length < data.length; length++) {
      const { bytes, error } = decompressAll(format.open(readFrom(data.subarray(0, length))));
      if (length === first.length) assert.equal(error, undefined);
      else assert.equal(faultOf(error), "truncated", `of ${length} bytes`);
      assertPrefix(bytes, TEXT);
      assert.ok(bytes.length >= longest, `${bytes.length} of ${length} bytes`);
      longest = bytes.length;
    }
    assert.ok(longest > 500);
  });

  Deno.test(`${name} never gives wrong bytes without an error, whichever byte is changed`, () => {
    const random = new Random(7);
    for (const data of [format.compress(TEXT), format.compress(TEXT.subarray(0, 300), 1)]) {
      for (let at = 0; at < data.length; at++) {
        const changed = data.slice();
        changed[at] = (changed[at] as number) ^ (1 + random.below(255));
        const { bytes, error } = decompressAll(format.open(readFrom(changed)));
        if (error === undefined) assertPrefix(bytes, TEXT);
        else faultOf(error);
      }
    }
  });

  Deno.test(`${name} ends with an error on garbage, again and again`, async () => {
    const begin = format.compress(TEXT).subarray(0, 12);
    await forSeeds(200, (random) => {
      const garbage = randomBytes(random, random.int(1, 5000));
      const data = random.chance(0.2) ? garbage : concatBytes([begin, garbage]);
      const decompressor = format.open(readFrom(data));
      const { error } = decompressAll(decompressor);
      faultOf(error);
      assert.equal(decompressAll(decompressor).error, error);
    });
  });

  Deno.test(`${name} refuses what follows a member and is none`, () => {
    const data = concatBytes([format.compress(TEXT), new TextEncoder().encode("not compressed")]);
    const { bytes, error } = decompressAll(format.open(readFrom(data)));
    assert.deepEqual(bytes, TEXT);
    assert.match(String(error), /what follows a (member|frame) does not begin as/);
  });

  Deno.test(`${name} hands on what reading threw, after what came before`, () => {
    const data = format.compress(TEXT);
    const read = readFrom(data.subarray(0, data.length - 3));
    const failure = new Error("no disk");
    const decompressor = format.open((buffer) => {
      const count = read(buffer);
      if (count === 0) throw failure;
      return count;
    });
    assert.deepEqual(decompressAll(decompressor), { bytes: TEXT, error: failure });
  });

  Deno.test(`${name} gives small pieces of what is a thousand times larger`, () => {
    const decompressor = format.open(readFrom(format.compress(new Uint8Array(50_000_000))));
    let size = 0;
    for (let piece = decompressor.next(); piece; piece = decompressor.next()) {
      assert.ok(piece.length <= 128 * 1024);
      size += piece.length;
    }
    assert.equal(size, 50_000_000);
  });
}

Deno.test("GzipDecompressor passes over names, comments, extra fields and padding", () => {
  const member = GZIP.compress(TEXT);
  const fields = [0x1f, 0x8b, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 3, 2, 0, 7, 7];
  const header = [...fields, 110, 0, 99, 0, 1, 1];
  const data = concatBytes([
    new Uint8Array(header),
    member.subarray(10),
    new Uint8Array(100_000),
  ]);
  assert.deepEqual(decompressAll(GZIP.open(readFrom(data))), { bytes: TEXT });
});

Deno.test("ZstdDecompressor knows a distance that is one less than the one before", async () => {
  await forSeeds(5, (random) => {
    const bytes = shiftedBytes(random, 30_000);
    const { bytes: found, error } = decompressAll(ZSTD.open(readFrom(ZSTD.compress(bytes, 19))));
    assert.equal(error, undefined);
    assert.deepEqual(found, bytes);
  });
});

Deno.test("ZstdDecompressor passes over skippable frames", () => {
  const skippable = new Uint8Array([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
  const data = concatBytes([skippable, ZSTD.compress(TEXT), skippable]);
  assert.deepEqual(decompressAll(ZSTD.open(readFrom(data))), { bytes: TEXT });
  const short = data.subarray(0, data.length - 1);
  assert.equal(faultOf(decompressAll(ZSTD.open(readFrom(short))).error), "truncated");
});

Deno.test("ZstdDecompressor keeps a window as large as a frame asks for, up to its limit", async () => {
  await forSeeds(2, (random) => {
    const noise = randomBytes(random, 3_000_000);
    const bytes = concatBytes([noise, new Uint8Array(5_000_000), noise]);
    const params = {
      [constants.ZSTD_c_enableLongDistanceMatching]: 1,
      [constants.ZSTD_c_windowLog]: 24,
    };
    const data = zstdCompressSync(bytes, { params });
    const outcome = decompressAll(ZSTD.open(readFrom(data)));
    assert.equal(outcome.error, undefined);
    assert.ok(equals(outcome.bytes, bytes));
  });
  const huge = new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 0, 0x98, 1, 0, 0]);
  const { error } = decompressAll(ZSTD.open(readFrom(huge)));
  assert.equal(faultOf(error), "unsupported");
  assert.match(String(error), /at most 134217728 bytes: it has 536870912/);
});

Deno.test("ZstdDecompressor says which dictionary is missing", () => {
  const data = new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 1, 0x40, 77, 1, 0, 0]);
  const { error } = decompressAll(ZSTD.open(readFrom(data)));
  assert.match(String(error), /it needs the dictionary 77/);
});

function equals(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
