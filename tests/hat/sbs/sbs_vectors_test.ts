import assert from "node:assert/strict";
import { HAT_SCHEMA } from "../../../lib/hat/schema/hat_schema.ts";
import { SbsError } from "../../../lib/hat/sbs/sbs_error.ts";
import { SbsSchema } from "../../../lib/hat/sbs/sbs_schema.ts";
import { testVectors } from "../vectors.ts";
import { type Notation, valueOf } from "./notation.ts";

interface Encoded {
  readonly type: string;
  readonly value: Notation;
  readonly hex: string;
}

interface BuiltinVectors {
  readonly schema: string;
  /** `loose`: a value of a wrong kind that Python encodes, or fails at. */
  readonly encode: readonly (Partial<Encoded> & { readonly loose?: boolean })[];
  readonly decode_only: readonly {
    readonly type: string;
    readonly hex: string;
    readonly py: { readonly value?: Notation; readonly error?: string };
    readonly c?: { readonly error?: string };
  }[];
}

const BUILTIN_SAMPLE: BuiltinVectors = {
  schema:
    "module T  Pair(a) = Record { left: a, right: a }  C = Choice { a: None, b: Pair(Integer) }",
  encode: [
    { type: "Integer", value: { $int: "9223372036854775808" }, hex: "01000000000000000080" },
    { type: "Integer", value: -65, hex: "7fbf" },
    { type: "Float", value: { $f64: "3ff0000000000000" }, hex: "3ff0000000000000" },
    { type: "T.C", value: { $choice: ["b", { left: 1, right: -1 }] }, hex: "8181ff" },
    { type: "Array(Optional(String))", value: [{ $choice: ["value", "č"] }], hex: "818182c48d" },
  ],
  decode_only: [
    { type: "Integer", hex: "0081", py: { value: 1 } },
    { type: "Boolean", hex: "ff", py: { value: true } },
    { type: "String", hex: "816162", py: { value: "a" } },
    { type: "T.C", hex: "82", py: { error: "IndexError" } },
  ],
};

testVectors(
  "SbsSchema encodes and decodes built-in types",
  "sbs-builtin",
  BUILTIN_SAMPLE,
  (vectors) => {
    const schema = SbsSchema.parse(vectors.schema);
    for (const { type = "", value = null, hex, loose = false } of vectors.encode) {
      if (loose) continue;
      assert(hex !== undefined);
      checkBothWays(schema, { type, value, hex });
    }
    for (const { type, hex, py, c } of vectors.decode_only) {
      const decode = () => schema.codec(type).decodePrefix(Uint8Array.fromHex(hex)).value;
      // Where Python reads and C does not, the bytes are no value.
      const isValue = py.error === undefined && c?.error === undefined;
      if (isValue) assert.deepEqual(normal(decode()), normal(valueOf(py.value ?? null)), hex);
      else assert.throws(decode, SbsError, hex);
    }
  },
);

testVectors(
  "HAT_SCHEMA encodes and decodes every type of HatEventer",
  "sbs-eventer",
  [{
    type: "HatEventer.MsgInitReq",
    value: {
      clientName: "me",
      clientToken: { $choice: ["none", null] },
      subscriptions: [["a", "*"]],
      serverId: { $choice: ["value", 3] },
      persisted: true,
    },
    hex: "826d65808182816181" + "2a818301",
  }],
  (vectors: readonly Encoded[]) => vectors.forEach((vector) => checkBothWays(HAT_SCHEMA, vector)),
);

function checkBothWays(schema: SbsSchema, { type, value, hex }: Encoded): void {
  const expected = valueOf(value);
  const codec = schema.codec(type);
  assert.equal(codec.encode(expected).toHex(), hex, type);
  assert.deepEqual(normal(codec.decode(Uint8Array.fromHex(hex))), normal(expected), type);
}

/** Objects as they compare: a decoded `$int` may be safe after all. */
function normal(value: unknown): unknown {
  if (typeof value !== "bigint") return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
