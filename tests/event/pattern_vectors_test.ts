import assert from "node:assert/strict";
import { compilePattern, PatternError, type PatternMode } from "../../lib/event/pattern.ts";

/** One pattern; for each mode one answer per string, or Python's error. */
interface RegexCase {
  readonly pattern: string;
  readonly search?: readonly boolean[];
  readonly match?: readonly boolean[];
  readonly fullmatch?: readonly boolean[];
  readonly error?: string;
}

interface RegexVectors {
  readonly strings: readonly string[];
  readonly cases: readonly RegexCase[];
}

const MODES: readonly PatternMode[] = ["search", "match", "fullmatch"];

/** Needs the table of character names, which the program does not carry. */
const NAMED = "\\N{DIGIT ONE}";

const SAMPLE: RegexVectors = {
  strings: ["end\n", "漢字 😀 Жук", "foo\r\nbar", "ERROR"],
  cases: [
    {
      pattern: "(?i)error|end$",
      search: [true, false, false, true],
      match: [true, false, false, true],
      fullmatch: [false, false, false, true],
    },
    {
      pattern: "\\w+.\\s?\\S\\s.*",
      search: [true, true, true, false],
      match: [true, true, true, false],
      fullmatch: [true, true, false, false],
    },
    { pattern: "\\Q", error: "bad escape \\Q at position 0" },
  ],
};

function checkVectors({ strings, cases }: RegexVectors): void {
  for (const vector of cases) {
    for (const mode of MODES) {
      const expected = vector[mode];
      if (vector.error !== undefined || vector.pattern === NAMED) {
        const wording = vector.error ?? "needs the table of character names";
        assert.throws(
          () => compilePattern(vector.pattern, mode),
          (error) => error instanceof PatternError && error.message.includes(wording),
        );
      } else {
        const pattern = compilePattern(vector.pattern, mode);
        assert.deepEqual(strings.map((text) => pattern.test(text)), expected, vector.pattern);
        const ascii = strings.filter((text) => /^[\0-\x7f]*$/.test(text));
        for (const text of ascii) assert.equal(pattern.testAscii(text), pattern.test(text));
      }
    }
  }
}

function readVectors(): RegexVectors | undefined {
  try {
    const file = new URL("../../../shared/vectors/theia-regex.json", import.meta.url);
    return JSON.parse(Deno.readTextFileSync(file));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

const vectors = readVectors();
const skipped = vectors === undefined ? " (skipped: no ../shared/vectors/theia-regex.json)" : "";

Deno.test("compilePattern answers a sample as Python did", () => checkVectors(SAMPLE));

Deno.test({
  name: `compilePattern answers the regex vectors as Python did${skipped}`,
  ignore: vectors === undefined,
  fn: () => checkVectors(vectors!),
});
