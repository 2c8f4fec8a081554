import assert from "node:assert/strict";
import { concatBytes } from "../../../lib/base/bytes.ts";
import { ChatterError } from "../../../lib/hat/chatter/chatter_error.ts";
import { frameHeader, FrameReader } from "../../../lib/hat/chatter/frame.ts";
import { decodeMessage } from "../../../lib/hat/chatter/message.ts";
import { encodeMessage } from "./encode_message.ts";
import { SbsError } from "../../../lib/hat/sbs/sbs_error.ts";
import { HAT_SCHEMA } from "../../../lib/hat/schema/hat_schema.ts";
import { forSeeds } from "../../random.ts";
import { type Notation, valueOf } from "../sbs/notation.ts";
import { testVectors } from "../vectors.ts";

interface Vector {
  readonly value: Notation;
  readonly msg_hex: string;
  readonly frame_hex: string;
}

const SAMPLE: readonly Vector[] = [{
  value: {
    ...{ id: 8191, first: 854, owner: false, token: true, last: false },
    data: { type: "HatChatter.Ping", data: { $hex: "" } },
  },
  msg_hex: "3fff06d60001008f486174436861747465722e50696e6780",
  frame_hex: "01183fff06d60001008f486174436861747465722e50696e6780",
}];

/** Reads bytes into a reader in pieces of these sizes, and gives the messages. */
function readInPieces(
  frames: FrameReader,
  bytes: Uint8Array,
  nextSize: () => number,
): Uint8Array[] {
  const messages: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const room = frames.room();
    assert(room.length > 0);
    const piece = bytes.subarray(at, at + Math.min(nextSize(), room.length));
    room.set(piece);
    frames.added(piece.length);
    at += piece.length;
    for (let next = frames.next(); next !== undefined; next = frames.next()) messages.push(next);
  }
  return messages;
}

function framesOf(messages: readonly Uint8Array[]): Uint8Array {
  return concatBytes(messages.flatMap((message) => [frameHeader(message.length), message]));
}

testVectors("Messages and frames", "chatter", SAMPLE, (vectors) => {
  for (const { value, msg_hex, frame_hex } of vectors) {
    const message = HAT_SCHEMA.encode("HatChatter.Msg", valueOf(value));
    assert.equal(message.toHex(), msg_hex);
    assert.deepEqual(HAT_SCHEMA.decode("HatChatter.Msg", message), valueOf(value));
    assert.equal(framesOf([message]).toHex(), frame_hex);
    assert.equal(encodeMessage(decodeMessage(message)).toHex(), msg_hex);
  }
  const bytes = concatBytes(vectors.map(({ frame_hex }) => Uint8Array.fromHex(frame_hex)));
  const messages = readInPieces(new FrameReader(1 << 24), bytes, () => 977);
  assert.deepEqual(
    messages.map((message) => message.toHex()),
    vectors.map(({ msg_hex }) => msg_hex),
  );
});

Deno.test("frameHeader takes as few bytes as the length needs, and one for none", () => {
  const headers = [0, 1, 255, 256, 65_535, 65_536, 2 ** 32].map((length) =>
    frameHeader(length).toHex()
  );
  assert.deepEqual(headers, [
    "0100",
    "0101",
    "01ff",
    "020100",
    "02ffff",
    "03010000",
    "050100000000",
  ]);
});

Deno.test("FrameReader finds messages torn at any byte", () => {
  const messages = [0, 1, 5, 300].map((length) => new Uint8Array(length).fill(length & 0xff));
  const bytes = framesOf(messages);
  for (let cut = 1; cut < bytes.length; cut++) {
    const sizes = [cut, bytes.length - cut];
    const found = readInPieces(new FrameReader(300), bytes, () => sizes.shift() ?? 1);
    assert.deepEqual(found, messages, `cut at ${cut}`);
  }
  assert.deepEqual(readInPieces(new FrameReader(300), bytes, () => 1), messages);
});

Deno.test("FrameReader finds messages of any length in pieces of any size, and keeps them", async () => {
  await forSeeds(30, (random) => {
    const messages = Array.from({ length: random.int(1, 40) }, () => {
      const length = random.chance(0.2) ? random.below(400_000) : random.below(2000);
      return new Uint8Array(length).fill(random.below(256));
    });
    const frames = new FrameReader(400_000);
    const largest = random.pick([100, 5000, 100_000]);
    const found = readInPieces(frames, framesOf(messages), () => random.int(1, largest));
    // Compared only now: room that was read into must not have been used again.
    assert.deepEqual(found, messages);
    assert(!frames.isTorn);
  });
});

Deno.test("FrameReader takes lengths with leading zeros", () => {
  const frames = new FrameReader(10);
  assert.deepEqual(readInPieces(frames, new Uint8Array([4, 0, 0, 0, 2, 7, 8]), () => 3), [
    new Uint8Array([7, 8]),
  ]);
});

Deno.test("FrameReader refuses what is no frame, or one that is too long, before it has come", () => {
  const refuse = (hex: string, pattern: RegExp) => {
    const frames = new FrameReader(1000);
    const bytes = Uint8Array.fromHex(hex);
    assert.throws(
      () => readInPieces(frames, bytes, () => bytes.length),
      (error) =>
        error instanceof ChatterError && error.kind === "protocol" && pattern.test(error.message),
    );
  };
  refuse("00", /length must take 1 to 6 bytes: current value is 0/);
  refuse("07", /length must take 1 to 6 bytes: current value is 7/);
  refuse("4745542f20485454502f312e31", /current value is 71/);
  refuse("0203e9", /at most 1000 bytes: current value is 1001/);
  refuse("06ffffffffffff", /at most 1000 bytes: current value is 281474976710655/);
});

Deno.test("FrameReader makes room as bytes come, not as a length promises", () => {
  const frames = new FrameReader(1 << 30);
  const room = frames.room();
  room.set([4, 0x3f, 0, 0, 0]);
  frames.added(5);
  assert.equal(frames.next(), undefined);
  assert(frames.room().length < 1 << 20);
  assert(frames.isTorn);
});

Deno.test("decodeMessage refuses ids that are not positive, and bytes that are no message", () => {
  const message = {
    id: 1,
    first: 1,
    owner: true,
    token: true,
    last: true,
    type: "a",
    data: new Uint8Array(),
  };
  const encode = (change: object) => encodeMessage({ ...message, ...change });
  assert.deepEqual(decodeMessage(encode({})), message);
  assert.throws(
    () => decodeMessage(encode({ id: 0 })),
    /must be positive safe integers: current values are 0 and 1/,
  );
  assert.throws(() => decodeMessage(encode({ first: -1 })), ChatterError);
  assert.throws(() => decodeMessage(encode({ id: 2n ** 64n })), ChatterError);
  assert.throws(() => decodeMessage(concatBytes([encode({}), new Uint8Array(1)])), SbsError);
  assert.throws(() => decodeMessage(encode({}).subarray(1)), SbsError);
});
