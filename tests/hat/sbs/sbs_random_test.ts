import assert from "node:assert/strict";
import { HAT_SCHEMA } from "../../../lib/hat/schema/hat_schema.ts";
import { SbsError } from "../../../lib/hat/sbs/sbs_error.ts";
import { type SbsCodec, SbsSchema } from "../../../lib/hat/sbs/sbs_schema.ts";
import { forSeeds, type Random } from "../../random.ts";
import { randomSchema } from "./random_schema.ts";

const HAT_TYPES = [
  "HatChatter.Msg",
  "HatEventer.MsgInitReq",
  "HatEventer.MsgEventsNotify",
  "HatEventer.MsgRegisterReq",
  "HatEventer.MsgRegisterRes",
  "HatEventer.MsgQueryReq",
];

function randomBytes(random: Random, most: number): Uint8Array {
  // Lengths, counts and indexes of one byte are 0x80 to 0xbf: with many of them values go on.
  const isLikely = random.chance(0.7);
  return Uint8Array.from(
    { length: random.below(most) },
    () => isLikely && random.chance(0.8) ? 0x80 + random.below(5) : random.below(256),
  );
}

/** What decodes encodes to something that decodes to the same; anything else is the decoder's own error. */
function checkAnyBytes(codec: SbsCodec, bytes: Uint8Array): boolean {
  const before = bytes.slice();
  try {
    const { value } = codec.decodePrefix(bytes);
    assert.deepEqual(codec.decode(codec.encode(value)), value);
    return true;
  } catch (error) {
    if (!(error instanceof SbsError)) throw error;
    assert(error.offset !== undefined && error.offset >= 0 && error.offset <= bytes.length);
    return false;
  } finally {
    assert.deepEqual(bytes, before);
  }
}

Deno.test("SbsCodec decodes what it encodes, over random schemas and values", async () => {
  await forSeeds(150, (random) => {
    const { text, types } = randomSchema(random);
    const schema = SbsSchema.parse(text);
    for (const type of types) {
      const codec = schema.codec(type.text);
      for (let i = 0; i < 5; i++) {
        const value = type.make(random, 5);
        const bytes = codec.encode(value);
        assert.deepEqual(codec.decode(bytes), value, text);
        for (let cut = 0; cut < bytes.length; cut += 1 + random.below(bytes.length)) {
          assert.throws(() => codec.decode(bytes.subarray(0, cut)), SbsError, text);
        }
      }
    }
  });
});

Deno.test("SbsCodec.decode takes any bytes without failing otherwise than by its own error", async () => {
  let good = 0;
  let tries = 0;
  await forSeeds(60, (random) => {
    const schema = SbsSchema.parse(randomSchema(random).text);
    const codecs = [schema.codec("M.T0"), ...HAT_TYPES.map((type) => HAT_SCHEMA.codec(type))];
    for (let i = 0; i < 100; i++, tries++) {
      if (checkAnyBytes(random.pick(codecs), randomBytes(random, 60))) good++;
    }
  });
  assert(good * 50 > tries, "hardly any random bytes were values");
});

Deno.test("SbsCodec.decode takes values with changed bytes without failing otherwise", async () => {
  await forSeeds(100, (random) => {
    const { text, types } = randomSchema(random);
    const schema = SbsSchema.parse(text);
    for (const type of types) {
      const codec = schema.codec(type.text);
      for (let i = 0; i < 20; i++) {
        const bytes = codec.encode(type.make(random, 4));
        for (let changes = random.int(1, 3); changes > 0 && bytes.length > 0; changes--) {
          bytes[random.below(bytes.length)] = random.below(256);
        }
        checkAnyBytes(codec, bytes);
      }
    }
  });
});
