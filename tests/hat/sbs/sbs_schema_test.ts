import assert from "node:assert/strict";
import { SbsError, SbsSchemaError } from "../../../lib/hat/sbs/sbs_error.ts";
import { SbsSchema } from "../../../lib/hat/sbs/sbs_schema.ts";
import type { SbsValue } from "../../../lib/hat/sbs/value.ts";

function schemaError(...texts: string[]): string {
  try {
    SbsSchema.parse(...texts);
  } catch (error) {
    assert(error instanceof SbsSchemaError, String(error));
    return `${error.line}:${error.column} ${error.message.replace(/^.*?: /, "")}`;
  }
  return "no error";
}

Deno.test("SbsSchema says at which line and column a text is wrong", () => {
  assert.equal(schemaError(""), "1:1 expected 'module', found the end");
  assert.equal(schemaError("modul M"), "1:1 expected 'module', found 'modul'");
  assert.equal(schemaError("module M\nA = Integer\nB ? C"), '3:3 no schema has the character "?"');
  assert.equal(schemaError("module M\n\n  A = 😀"), '3:7 no schema has the character "😀"');
  assert.equal(schemaError("module M\nA Integer"), "2:3 expected '=', found 'Integer'");
  assert.equal(schemaError("module M # B\nA ="), "2:4 expected a type, found the end");
  assert.equal(schemaError("module M A = Record {}"), "1:14 a Record needs at least one entry");
  assert.equal(
    schemaError("module M A = Choice { a Integer }"),
    "1:25 expected ':', found 'Integer'",
  );
  assert.equal(
    schemaError("module M A = Record {a: None a: None}"),
    "1:30 entry 'a' is there twice",
  );
  assert.equal(schemaError("module M\nA = None\nA = None"), "3:1 type 'A' is defined twice");
  assert.equal(schemaError("module M Integer = None"), "1:10 'Integer' is a type already");
  assert.equal(schemaError("module M A(Float) = None"), "1:12 'Float' is a type already");
  assert.equal(schemaError("module M A(x x) = None"), "1:14 parameter 'x' is there twice");
  assert.equal(schemaError("module M A = Array(Integer"), "1:27 expected a type, found the end");
  assert.equal(schemaError("module M A = 1"), '1:14 no schema has the character "1"');
  assert.equal(schemaError("module M A = M.M.A"), "1:17 expected a definition, found '.'");
});

Deno.test("SbsSchema says which reference leads nowhere, also in a parametric type that nobody uses", () => {
  assert.equal(schemaError("module M\nA = B"), "2:5 there is no type 'B' in module 'M'");
  assert.equal(schemaError("module M\nA = N.B"), "2:5 there is no module 'N'");
  assert.equal(
    schemaError("module M A = N.B", "module N"),
    "1:14 there is no type 'B' in module 'N'",
  );
  assert.equal(schemaError("module M\nA(x) = Array(B)"), "2:14 there is no type 'B' in module 'M'");
  assert.equal(schemaError("module M A = Array"), "1:14 'Array' takes 1 arguments, not 0");
  assert.equal(
    schemaError("module M A = Integer(None)"),
    "1:14 'Integer' takes 0 arguments, not 1",
  );
  assert.equal(
    schemaError("module M P(a) = a A = P(None None)"),
    "1:23 'P' takes 1 arguments, not 2",
  );
  assert.equal(schemaError("module M P(a) = a(None)"), "1:17 'a' takes 0 arguments, not 1");
  assert.equal(schemaError("module M", "module M"), "1:1 module 'M' is there twice");
});

Deno.test("SbsSchema refuses types that stand for themselves, or grow forever", () => {
  assert.match(schemaError("module M A = A"), /'A' stands for itself alone/);
  assert.match(schemaError("module M A = P(B) B = A P(x) = x"), /stands for itself alone/);
  const growing = "module M P(x) = Record { next: P(Array(x)) } A = P(None)";
  assert.match(schemaError(growing), /more than 10000 types: its arguments grow forever/);
  const nested = `module M A = ${"Array(".repeat(101)}None${")".repeat(101)}`;
  assert.match(schemaError(nested), /^1:614 types may lie at most 100 deep/);
  assert.equal(
    schemaError(nested.replaceAll("Array(Array(", "Array(").replaceAll("))", ")")),
    "no error",
  );
});

Deno.test("SbsSchema takes types in any order, recursive, parametric and of other modules", () => {
  const schema = SbsSchema.parse(
    `module M
     # later and recursive
     Tree(a) = Record { value: a, branches: Array(Tree(a)) }
     Forest = Array (N.Named(Tree(Integer)))
     Even = Choice { zero: None, after: Odd }
     Odd = Record { after: Even }`,
    `module N
     Named(T) = Record { name: String, it: T }
     Alias = Named(M.Odd)
     Same = Alias`,
    "module O",
  );
  const forest = [{ name: "oak", it: { value: 1, branches: [{ value: 2, branches: [] }] } }];
  assert.equal(schema.encode("M.Forest", forest).toHex(), "81836f616b81818280");
  const same = { name: "", it: { after: { name: "zero", value: null } } };
  assert.deepEqual(schema.decode("N.Same", schema.encode("N.Same", same)), same);
  assert.deepEqual(
    schema.decode("M.Tree(N.Same)", schema.encode("M.Tree(N.Same)", { value: same, branches: [] })),
    {
      value: same,
      branches: [],
    },
  );
  assert.throws(() => schema.codec("Tree(Integer)"), SbsSchemaError);
  assert.throws(() => schema.codec("M.Tree(Integer) M.Tree(None)"), SbsSchemaError);
});

Deno.test("SbsCodec says what is wrong with a value, and where", () => {
  const schema = SbsSchema.parse(
    "module M R = Record { a: Array(C), b: Float } C = Choice { x: Integer, y: String }",
  );
  function problem(type: string, value: unknown): string {
    try {
      schema.encode(type, value as SbsValue);
    } catch (error) {
      assert(error instanceof SbsError && error.offset === undefined, String(error));
      return error.message;
    }
    return "no error";
  }
  const good = { name: "x", value: 1 };
  assert.equal(problem("M.R", { a: [good], b: 1 }), "no error");
  assert.equal(
    problem("M.R", { a: [good, { name: "x", value: 0.5 }], b: 1 }),
    "Cannot encode M.R in 'a[1].x': expected a safe integer or a bigint, found 0.5",
  );
  assert.equal(
    problem("M.R", { a: [{ name: "z", value: 1 }], b: 1 }),
    "Cannot encode M.R in 'a[0]': expected name to be one of 'x', 'y', found \"z\"",
  );
  assert.equal(
    problem("M.R", { a: [] }),
    "Cannot encode M.R in 'b': expected a number, found undefined",
  );
  assert.equal(problem("M.R", null), "Cannot encode M.R: expected an object, found null");
  assert.equal(
    problem("M.C", 5),
    "Cannot encode M.C: expected an object with name and value, found 5",
  );
  assert.equal(
    problem("String", "\ud800"),
    'Cannot encode String: a string must not have lone surrogates: "\\ud800"',
  );
  assert.equal(
    problem("Array(None)", [null, 0]),
    "Cannot encode Array(None) in '[1]': expected null, found 0",
  );
  assert.equal(
    problem("Bytes", [1]),
    "Cannot encode Bytes: expected a Uint8Array, found an array of 1",
  );
  assert.equal(problem("Boolean", 1), "Cannot encode Boolean: expected a boolean, found 1");
  assert.equal(
    problem("Integer", 2 ** 53),
    "Cannot encode Integer: expected a safe integer or a bigint, found 9007199254740992",
  );
  assert.match(problem("Integer", 1n << 7_400_000n), /may take at most 1048576 bytes/);
});

Deno.test("SbsCodec.decode gives the offset of what is wrong, before it allocates", () => {
  const schema = SbsSchema.parse(
    "module M R = Record { a: Integer, b: Array(Float) } N = Array(E) E = Record { n: None, m: None } L = Record { l: L }",
  );
  function problem(type: string, hex: string): string {
    try {
      schema.decode(type, Uint8Array.fromHex(hex));
    } catch (error) {
      assert(error instanceof SbsError, String(error));
      return `${error.offset}: ${error.message.replace(/^.*?: /, "")}`;
    }
    return "no error";
  }
  assert.equal(problem("M.R", "81"), "1: 1 bytes were expected at least, 0 are left");
  assert.equal(
    problem("M.R", "8182" + "00".repeat(15)),
    "1: 2 elements go beyond the 15 bytes left",
  );
  assert.equal(problem("M.R", "8182" + "00".repeat(16)), "no error");
  assert.equal(problem("M.R", "8180" + "00"), "2: 1 bytes follow the value");
  // 2^62 elements that would take 8 bytes each, and 2^56 that take none.
  assert.equal(
    problem("M.R", "81" + "013f7f7f7f7f7f7f7f80"),
    "1: 13835058055282163584n elements go beyond the 0 bytes left",
  );
  assert.match(
    problem("M.N", "010000000000000080"),
    /^0: 72057594037927936n elements are more than may be read at once/,
  );
  assert.match(problem("M.N", "008080808080"), /bytes follow/);
  assert.equal(problem("Bytes", "ff"), "0: length -1 is negative");
  assert.equal(problem("String", "8361"), "0: length 3 goes beyond the 1 bytes left");
  assert.equal(problem("String", "82c328"), "1: a string is not UTF-8");
  assert.equal(problem("Float", "00"), "0: 8 bytes were expected at least, 1 are left");
  assert.equal(problem("Optional(None)", "82"), "0: index 2 is none of the 2 entries");
  assert.equal(problem("Optional(None)", "ff"), "0: index -1 is none of the 2 entries");
  assert.equal(
    problem("Integer", "00".repeat(20)),
    "0: 21 bytes were expected at least, 20 are left",
  );
  assert.match(problem("M.L", "00"), /values lie more than 512 deep/);
  assert.match(problem("Integer", "00".repeat(1 << 20) + "80"), /takes more than 1048576 bytes/);
});

Deno.test("SbsCodec bounds the depth of values both ways", () => {
  const codec = SbsSchema.parse("module M T = Record { t: Array(T) }").codec("M.T");
  const deep = (levels: number): SbsValue => levels === 0 ? { t: [] } : { t: [deep(levels - 1)] };
  const bytes = codec.encode(deep(255));
  assert.deepEqual(codec.decode(bytes), deep(255));
  assert.throws(() => codec.encode(deep(256)), /values may lie at most 512 deep/);
  assert.throws(() => codec.decode(new Uint8Array(100_000).fill(0x81)), /more than 512 deep/);
  const circle: { t: SbsValue[] } = { t: [] };
  circle.t.push(circle);
  assert.throws(() => codec.encode(circle), /values may lie at most 512 deep/);
});

Deno.test("SbsCodec.decode bounds the elements of a value", () => {
  const schema = SbsSchema.parse("module M A = Array(Array(Integer))");
  const bytes = schema.encode("M.A", [[1, 2], [3]]);
  assert.deepEqual(schema.decode("M.A", bytes, { maxElements: 5 }), [[1, 2], [3]]);
  assert.throws(() => schema.decode("M.A", bytes, { maxElements: 4 }), SbsError);
});

Deno.test("SbsCodec.decode copies bytes unless it is asked for views", () => {
  const schema = SbsSchema.parse("module M");
  const bytes = schema.encode("Bytes", new Uint8Array([1, 2]));
  const copy = schema.decode("Bytes", bytes);
  const view = schema.decode("Bytes", bytes, { views: true });
  bytes[1] = 9;
  assert.deepEqual(copy, new Uint8Array([1, 2]));
  assert.deepEqual(view, new Uint8Array([9, 2]));
});

Deno.test("SbsCodec.encode can be used while another value is encoded, and after it failed", () => {
  const codec = SbsSchema.parse("module M R = Record { a: String, b: Bytes }").codec("M.R");
  const inner = { a: "inner", b: new Uint8Array() };
  const outer = {
    a: "outer",
    get b() {
      return codec.encode(inner);
    },
  };
  assert.deepEqual(codec.decode(codec.encode(outer)), { a: "outer", b: codec.encode(inner) });
  assert.throws(() => codec.encode({ a: "x", b: 1 }), SbsError);
  assert.deepEqual(codec.decode(codec.encode(inner)), inner);
});

Deno.test("SbsCodec keeps byte order marks and large values", () => {
  const schema = SbsSchema.parse("module M");
  for (const text of ["\ufeffa", "a".repeat(100_000), "č".repeat(70), "😀".repeat(30), "\0"]) {
    assert.equal(schema.decode("String", schema.encode("String", text)), text);
  }
  const bytes = new Uint8Array(3 << 20).fill(7);
  assert.deepEqual(schema.decode("Bytes", schema.encode("Bytes", bytes)), bytes);
});
