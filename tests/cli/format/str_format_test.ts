import assert from "node:assert/strict";
import {
  compileFormat,
  type FieldType,
  type FieldValues,
  FormatError,
} from "../../../lib/cli/format/str_format.ts";

const FIELDS: Readonly<Record<string, FieldType>> = {
  id: "text",
  content: "text",
  timestamp: "number",
};
const VALUES: FieldValues = { id: "abc", content: "a😀b", timestamp: 1886501203.1 };

/** Rows of a format and its text. */
function assertTexts(
  rows: readonly (readonly [format: string, text: string])[],
  values: FieldValues = {},
): void {
  for (const [format, text] of rows) {
    assert.equal(compileFormat(format, FIELDS)({ ...VALUES, ...values }), text, format);
  }
}

/** Rows of a format and the beginning of the reason why it is refused before there are values. */
function assertRefused(rows: readonly (readonly [format: string, reason: string])[]): void {
  for (const [format, reason] of rows) {
    assert.throws(
      () => compileFormat(format, FIELDS),
      (error) => {
        assert.ok(error instanceof FormatError, format);
        assert.ok(error.reason.startsWith(reason), `${format}: ${error.reason}`);
        return true;
      },
      format,
    );
  }
}

Deno.test("compileFormat keeps literal text and makes doubled braces single", () => {
  assertTexts([["", ""], ["é 😀", "é 😀"], ["{{}}", "{}"], ["{{{id}}}", "{abc}"], [
    "a{{b}}c",
    "a{b}c",
  ]]);
});

Deno.test("compileFormat pads by code points", () => {
  assertTexts([
    ["{content:5}|", "a😀b  |"],
    ["{content:>5}", "  a😀b"],
    ["{content:^6}", " a😀b  "],
    ["{content:😀<4}", "a😀b😀"],
    ["{content:3}", "a😀b"],
    ["{content:05}", "a😀b00"],
  ]);
});

Deno.test("compileFormat cuts text by code points", () => {
  assertTexts([["{content:.2}", "a😀"], ["{content:.0}", ""], ["{content:5.2s}|", "a😀   |"], [
    "{content:.9}",
    "a😀b",
  ]]);
});

Deno.test("compileFormat counts a lone surrogate as one code point", () => {
  assertTexts([["{id:4}|{id:.1}", "\ud800\udc00\ud800  |\ud800\udc00"]], {
    id: "\ud800\udc00\ud800",
  });
  assertTexts([["{id:3}|", "\udc00\ud800 |"]], { id: "\udc00\ud800" });
});

Deno.test("compileFormat writes a number as Python's repr does", () => {
  const rows: readonly (readonly [number, string])[] = [
    [1886501203.1, "1886501203.1"],
    [2987181765, "2987181765.0"],
    [1e16, "1e+16"],
    [1e15, "1000000000000000.0"],
    [0.0001, "0.0001"],
    [0.00001, "1e-05"],
    [1.5e300, "1.5e+300"],
    [-0, "-0.0"],
    [NaN, "nan"],
    [-Infinity, "-inf"],
  ];
  for (const [timestamp, text] of rows) {
    assertTexts([["{timestamp}", text], ["{timestamp!s}", text], ["{timestamp!r}", text]], {
      timestamp,
    });
  }
});

Deno.test("compileFormat rounds the exact value of a number with ties to even", () => {
  assertTexts(
    [["{timestamp:.0f}", "2"], ["{timestamp:.0e}", "2e+00"], ["{timestamp:#.0f}", "2."]],
    {
      timestamp: 2.5,
    },
  );
  assertTexts([["{timestamp:.2f}", "0.12"]], { timestamp: 0.125 });
  assertTexts([["{timestamp:.16}", "9.999999999999999e+22"], ["{timestamp:.2g}", "1e+23"]], {
    timestamp: 1e23,
  });
});

Deno.test("compileFormat writes the number types", () => {
  assertTexts([
    ["{timestamp:e}", "1.234567e+03"],
    ["{timestamp:.2E}", "1.23E+03"],
    ["{timestamp:f}", "1234.567000"],
    ["{timestamp:.1F}", "1234.6"],
    ["{timestamp:g}", "1234.57"],
    ["{timestamp:.2G}", "1.2E+03"],
    ["{timestamp:#.6g}", "1234.57"],
    ["{timestamp:n}", "1234.57"],
    ["{timestamp:.1%}", "123456.7%"],
    ["{timestamp:.3}", "1.23e+03"],
    ["{timestamp:.4}", "1.235e+03"],
    ["{timestamp:.5}", "1234.6"],
  ], { timestamp: 1234.567 });
});

Deno.test("compileFormat aligns and signs numbers", () => {
  assertTexts([
    ["{timestamp:8}|", "    -1.5|"],
    ["{timestamp:<8}|", "-1.5    |"],
    ["{timestamp:*^9}|", "**-1.5***|"],
    ["{timestamp:=8}|", "-    1.5|"],
    ["{timestamp:08}", "-00001.5"],
    ["{timestamp:<08}", "-1.50000"],
    ["{timestamp:+}", "-1.5"],
  ], { timestamp: -1.5 });
  assertTexts([["{timestamp:+}", "+1.5"], ["{timestamp: }", " 1.5"], ["{timestamp:-}", "1.5"]], {
    timestamp: 1.5,
  });
  assertTexts([["{timestamp:.0f}", "-0"], ["{timestamp:z.0f}", "0"], ["{timestamp:+z.0f}", "+0"]], {
    timestamp: -0.2,
  });
  assertTexts([["{timestamp:06}", "000inf"], ["{timestamp:G}", "INF"]], { timestamp: Infinity });
});

Deno.test("compileFormat separates thousands, padding zeros too", () => {
  assertTexts([
    ["{timestamp:,}", "1,234,567.5"],
    ["{timestamp:_.0f}", "1_234_568"],
    ["{timestamp:015,.1f}", "0,001,234,567.5"],
    ["{timestamp:014,.1f}", "0,001,234,567.5"],
    ["{timestamp:*>15,}", "****1,234,567.5"],
  ], { timestamp: 1234567.5 });
});

Deno.test("compileFormat converts with !s, !r and !a before it pads", () => {
  const values = { content: "it's é\n" };
  assertTexts([
    ["{content!s:>8}", " it's é\n"],
    ["{content!r:12}|", `"it's é\\n"  |`],
    ["{content!a}", `"it's \\xe9\\n"`],
    ["{timestamp!r:>14.4}", "          1886"],
    ["{id!r:}", "'abc'"],
  ], values);
});

Deno.test("compileFormat reads one character by index", () => {
  assertTexts([["{content[1]}", "😀"], ["{content[2]:>3}", "  b"], ["{content[0][0]}", "a"]]);
});

Deno.test("compileFormat finds an index behind the end when it sees the value", () => {
  const write = compileFormat("{content[3]}", FIELDS);
  assert.throws(() => write(VALUES), /IndexError: string index out of range/);
});

Deno.test("compileFormat takes fields within a spec", () => {
  assertTexts([["{content:{id}}|", "a😀b   |"]], { id: "6" });
  assertTexts([["{content:{id[0]}^{id[1]}}|", "*a😀b*|"]], { id: "*5" });
  assertTexts([["{timestamp:.{id}f}", "1886501203.10"]], { id: "2" });
});

Deno.test("compileFormat refuses a spec made from a field when it sees the value", () => {
  const write = compileFormat("{content:{id}}", FIELDS);
  assert.throws(() => write({ ...VALUES, id: "d" }), {
    name: "FormatError",
    message:
      "Cannot use format spec 'd': ValueError: Unknown format code 'd' for object of type 'str'",
  });
  assert.equal(write({ ...VALUES, id: "4" }), "a😀b ");
});

Deno.test("compileFormat refuses broken markup in Python's words", () => {
  assertRefused([
    ["{", "ValueError: Single '{' encountered in format string"],
    ["a}", "ValueError: Single '}' encountered in format string"],
    ["{id", "ValueError: expected '}' before end of string"],
    ["{id[}", "ValueError: expected '}' before end of string"],
    ["{id:", "ValueError: unmatched '{' in format spec"],
    ["{id!}", "ValueError: unmatched '{' in format spec"],
    ["{id!", "ValueError: end of string while looking for conversion specifier"],
    ["{id!s5}", "ValueError: expected ':' after conversion specifier"],
    ["{id!x}", "ValueError: Unknown conversion specifier x"],
    ["{id!é}", "ValueError: Unknown conversion specifier \\xe9"],
    ["{i{d}}", "ValueError: unexpected '{' in field name"],
    ["{id:{content:{id}}}", "ValueError: Max string recursion exceeded"],
  ]);
});

Deno.test("compileFormat refuses unknown fields and says which there are", () => {
  assertRefused([
    ["{nope}", "KeyError: 'nope'; the fields are 'id', 'content', 'timestamp'"],
    ["{toString}", "KeyError: 'toString'"],
    ["{ id}", "KeyError: ' id'"],
    ["{0}", "IndexError: Replacement index 0 out of range for positional args tuple"],
    ["{7}", "IndexError: Replacement index 7 out of range for positional args tuple"],
    ["{}", "IndexError: Replacement index 0 out of range for positional args tuple"],
  ]);
});

Deno.test("compileFormat refuses attributes and broken indexes", () => {
  assertRefused([
    ["{id.upper}", "AttributeError: '.upper' is not available; use '{id}' without attributes"],
    ["{id.}", "ValueError: Empty attribute in format string"],
    ["{id[]}", "ValueError: Empty attribute in format string"],
    ["{id[0]x}", "ValueError: Only '.' or '[' may follow ']' in format field specifier"],
    ["{id[x]}", "TypeError: string indices must be integers, not 'str'"],
    ["{id[-1]}", "TypeError: string indices must be integers, not 'str'"],
    ["{timestamp[0]}", "TypeError: 'float' object is not subscriptable"],
  ]);
});

Deno.test("compileFormat refuses specs that do not fit the type", () => {
  assertRefused([
    ["{content:d}", "ValueError: Unknown format code 'd' for object of type 'str'"],
    ["{timestamp:q}", "ValueError: Unknown format code 'q' for object of type 'float'"],
    ["{timestamp:s}", "ValueError: Unknown format code 's' for object of type 'float'"],
    ["{timestamp!s:f}", "ValueError: Unknown format code 'f' for object of type 'str'"],
    ["{timestamp:é}", "ValueError: Unknown format code '\\xe9' for object of type 'float'"],
    ["{id:+}", "ValueError: Sign not allowed in string format specifier"],
    ["{id: }", "ValueError: Space not allowed in string format specifier"],
    ["{id:z}", "ValueError: Negative zero coercion (z) not allowed in string format specifier"],
    ["{id:#}", "ValueError: Alternate form (#) not allowed in string format specifier"],
    ["{id:=5}", "ValueError: '=' alignment not allowed in string format specifier"],
    ["{id:,}", "ValueError: Cannot specify ',' with 's'."],
    ["{timestamp:_n}", "ValueError: Cannot specify '_' with 'n'."],
    ["{timestamp:,_}", "ValueError: Cannot specify both ',' and '_'."],
    ["{timestamp:_,}", "ValueError: Cannot specify both ',' and '_'."],
    ["{timestamp:,,}", "ValueError: Cannot specify ',' with ','."],
    ["{timestamp:.f}", "ValueError: Format specifier missing precision"],
    ["{id:10x5}", "ValueError: Invalid format specifier '10x5' for object of type 'str'"],
  ]);
});

Deno.test("compileFormat bounds widths and precisions", () => {
  assertRefused([
    [
      "{id:1000001}",
      "ValueError: Too many decimal digits in format string; the largest number is 1000000",
    ],
    ["{timestamp:.9999999999f}", "ValueError: Too many decimal digits in format string"],
  ]);
  assert.equal(compileFormat("{id:1000000}", FIELDS)(VALUES).length, 1_000_000);
});

Deno.test("compileFormat's function refuses a value of the wrong type", () => {
  assert.throws(() => compileFormat("{id}", FIELDS)({ ...VALUES, id: 5 }), {
    name: "TypeError",
    message: "Cannot format field 'id' as it must be text: current value is 5",
  });
  assert.throws(() => compileFormat("{timestamp}", FIELDS)({}), TypeError);
});
