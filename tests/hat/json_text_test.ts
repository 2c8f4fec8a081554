import assert from "node:assert/strict";
import { EventPayloadJson, formatJson, type JsonValue, parseJson } from "../../lib/hat/mod.ts";
import { testVectors } from "./vectors.ts";

interface JsonVectors {
  readonly roundtrip_texts: readonly { readonly encoded: string }[];
  readonly decode: readonly {
    readonly text: string;
    readonly repr?: string;
    readonly error?: string;
  }[];
}

const SAMPLE: JsonVectors = {
  roundtrip_texts: [
    { encoded: '{"x": [1, 2.5, null, true], "\\u017e\\u007f\\ud83d\\ude80": "\\b\\f\\n\\r\\t"}' },
    { encoded: "2.5e-07" },
    { encoded: "1e+22" },
    { encoded: "-9007199254740995" },
  ],
  decode: [
    { text: "[NaN, -Infinity]", repr: "[nan, -inf]" },
    { text: "\t[ ]", repr: "[]" },
    { text: "-NaN", error: "JSONDecodeError" },
    { text: "1Infinity", error: "JSONDecodeError" },
    { text: "nan", error: "JSONDecodeError" },
  ],
};

testVectors<JsonVectors>("JSON text is read and written as Python does", "json-payload", SAMPLE, ({
  roundtrip_texts: texts,
  decode,
}) => {
  for (const { encoded } of texts) {
    const payload = EventPayloadJson.fromText(encoded);
    assert.equal(payload.text, encoded);
    const again = formatJson(payload.data);
    assert.deepEqual(parseJson(again), payload.data, encoded);
    if (isKeptByJavaScript(encoded)) assert.equal(again, encoded);
  }
  for (const { text, repr, error } of decode) {
    if (error !== undefined) assert.throws(() => parseJson(text), SyntaxError, text);
    else assert.equal(pythonRepr(parseJson(text)), pythonRepr(valueOfRepr(`${repr}`)), text);
  }
});

/** JavaScript puts keys that are array indexes first, and does not tell 1.0 from 1. */
function isKeptByJavaScript(text: string): boolean {
  return !/"\d+": |(?<![\de.])-?[1-9]\d*\.0(?!\d)/.test(text);
}

/** Reads the little of Python's notation that the vectors have. */
function valueOfRepr(repr: string): JsonValue {
  return parseJson(
    repr.replaceAll("'", '"').replace(/\bnan\b/g, "NaN").replace(/\binf\b/g, "Infinity")
      .replace("True", "true"),
  );
}

function pythonRepr(value: JsonValue): string {
  return Deno.inspect(value);
}

Deno.test("formatJson writes numbers as Python's json.dumps does", () => {
  const numbers: readonly (readonly [number | bigint, string])[] = [
    [0, "0"],
    [-0, "-0.0"],
    [1e15, "1000000000000000"],
    [2 ** 53 - 1, "9007199254740991"],
    [2 ** 53, "9007199254740992.0"],
    [1e16, "1e+16"],
    [1.5e300, "1.5e+300"],
    [123456789012345680000, "1.2345678901234568e+20"],
    [0.0001, "0.0001"],
    [0.00012345, "0.00012345"],
    [0.00001, "1e-05"],
    [-1.5e-7, "-1.5e-07"],
    [5e-324, "5e-324"],
    [0.1 + 0.2, "0.30000000000000004"],
    [2n ** 70n, "1180591620717411303424"],
  ];
  for (const [value, text] of numbers) assert.equal(formatJson(value), text);
});

Deno.test("formatJson escapes everything outside of printable ASCII", () => {
  assert.equal(
    formatJson('a"\\/\u0000\u001f\u007f č\u2028😀\ud800'),
    '"a\\"\\\\/\\u0000\\u001f\\u007f \\u010d\\u2028\\ud83d\\ude00\\ud800"',
  );
});

Deno.test("formatJson refuses what JSON does not have and names it", () => {
  const circle: JsonValue[] = [];
  circle.push(circle);
  const bad: readonly (readonly [unknown, RegExp])[] = [
    [NaN, /numbers must be finite: current value is NaN/],
    [{ a: [-Infinity] }, /numbers must be finite: current value is -Infinity/],
    [undefined, /current value is of kind undefined/],
    [[() => 1], /current value is of kind function/],
    [new Map(), /an object must be a plain one: current value is a Map/],
    [new Date(0), /current value is a Date/],
    [circle, /must not lie deeper than 900 in each other, nor in a circle/],
  ];
  for (const [value, message] of bad) {
    assert.throws(() => formatJson(value as JsonValue), { name: "TypeError", message });
  }
});

Deno.test("parseJson keeps large integers and words, also beside strings that look like them", () => {
  const text =
    '{"NaN": "Infinity \\" NaN", "n": [NaN, -Infinity, 12345678901234567890, 1e400, 1E5]}';
  assert.deepEqual(parseJson(text), {
    "NaN": 'Infinity " NaN',
    n: [NaN, -Infinity, 12345678901234567890n, Infinity, 100000],
  });
  assert.deepEqual(parseJson('{"__proto__": 9007199254740993}'), {
    ["__proto__"]: 9007199254740993n,
  });
  assert.equal(parseJson("9007199254740993.0"), 9007199254740992);
});

Deno.test("parseJson tells keys apart that the runtime's own parser mistakes for each other", () => {
  for (const key of ["\\", '"', "\0", "\n", "\\n", "a\tb", "a\\tb", "č"]) {
    const text = formatJson({ x: 1, [key]: { [key]: 2 } });
    assert.deepEqual(Object.keys(parseJson(text) as Record<string, JsonValue>), ["x", key]);
  }
});

Deno.test("parseJson names where text that it reads itself is wrong", () => {
  const bad: readonly (readonly [string, RegExp])[] = [
    ["[NaN, ]", /must be a value at offset 6: current value is "\]"/],
    ["[NaN 1]", /must be ',' or '\]' at offset 5: current value is "1\]"/],
    ['{"\\n" 1}', /must be ':' at offset 6/],
    ['{"\\n": 1, 2}', /must be a key in double quotes at offset 10/],
    ['{"\\n": 1', /must be ',' or '}' at offset 8: current value is ""/],
    ["NaN NaN", /must be the end at offset 4/],
    ['["\\x"]', /must be a string that ends and has only valid escapes .* at offset 1/],
    ['"\\"', /must be a string that ends .* at offset 0/],
    ["1".repeat(5000), /must be a number of at most 4300 digits at offset 0/],
  ];
  for (const [text, message] of bad) {
    assert.throws(() => parseJson(text), { name: "SyntaxError", message });
  }
});

Deno.test("parseJson refuses text that is no JSON, and text of any depth without harm", () => {
  for (const text of ["", " ", "1 2", "01", "[1,]", "'a'", "+Infinity", "NaN1", "- 1", "\ufeff1"]) {
    assert.throws(() => parseJson(text), {
      name: "SyntaxError",
      message: /^Cannot read JSON text as /,
    });
  }
  const deep = "[".repeat(1_000_000);
  assert.throws(() => parseJson(deep), SyntaxError);
  assert.throws(() => parseJson(`${deep}NaN`), SyntaxError);
});
