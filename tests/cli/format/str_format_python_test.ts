import assert from "node:assert/strict";
import { compileFormat, type FieldType, FormatError } from "../../../lib/cli/format/str_format.ts";
import { nameForPython, pythonMissing, type PythonResult, runPython } from "./python.ts";
import { firstSeed, Random } from "../../random.ts";

const CASES = 40_000;
const FIELDS: Readonly<Record<string, FieldType>> = {
  id: "text",
  source: "text",
  content: "text",
  timestamp: "number",
};

/** Numbers travel as text, because JSON has no -0.0, no nan and no difference between 1 and 1.0. */
interface FormatCase {
  readonly format: string;
  readonly texts: Readonly<Record<string, string>>;
  readonly timestamp: string;
}

const SCRIPT = `
import json, sys
def run(case):
    try:
        return {"text": case["format"].format(timestamp=float(case["timestamp"]), **case["texts"])}
    except MemoryError:
        return {"error": "MemoryError: "}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}
json.dump([run(case) for case in json.load(sys.stdin)], sys.stdout)
`;

const CHARACTERS = [
  ..."ab'\"\\{} é漢😀\n\t\r\x00\x1f\x7f\x85\xa0\xad\u0378\u200b\u2028\ufdd0\ufffe",
  "\ud800",
  "\udc00",
];
const SPEC_NOISE = "{}[]:!.,_0123<>=^+- z#seEfFgGnd%rax😀é";
const FORMAT_NOISE = "{{{}}}[]:!.,_01<>^srxaidcontem";
const SPECIAL_NUMBERS = [
  0,
  -0,
  0.5,
  1.5,
  2.5,
  0.125,
  1e15,
  1e16,
  1e17,
  1e21,
  1e22,
  1e23,
  5e-324,
  1.7976931348623157e308,
  1e-4,
  1e-5,
  9.5,
  99.5,
  999999.5,
  9.999999999999999e22,
  0.045,
  0.00045,
  1e5,
  1e6,
  123456,
  1234567,
  2 ** 53,
  NaN,
  Infinity,
  -Infinity,
];

function randomNumber(random: Random): number {
  const sign = random.chance(0.3) ? -1 : 1;
  switch (random.below(6)) {
    case 0:
      return sign * random.pick(SPECIAL_NUMBERS);
    case 1:
      return sign * random.below(2 ** 32);
    case 2:
      return sign * random.below(4e9) + random.below(1e6) / 1e6;
    case 3:
      return sign * random.below(2000) / 2 ** random.below(12);
    case 4:
      return sign * random.next() * 10 ** (random.below(40) - 20);
    default:
      return sign * random.next() * 10 ** (random.below(616) - 308);
  }
}

function randomSpec(random: Random, types: string): string {
  if (random.chance(0.1)) return random.text(SPEC_NOISE, 0, 6);
  const align = random.chance(0.5) ? random.text("*0😀 x", 0, 1) + random.pick("<>^=") : "";
  const sign = random.chance(0.25) ? random.pick("+- ") : "";
  const flags = (random.chance(0.15) ? "z" : "") + (random.chance(0.15) ? "#" : "");
  const width = random.chance(0.6) ? random.pick(["0", "", ""]) + random.below(30) : "";
  const separator = random.chance(0.25) ? random.pick(",_") : "";
  const precision = random.chance(0.5)
    ? `.${random.chance(0.05) ? random.below(400) : random.below(20)}`
    : "";
  const type = random.chance(0.7) ? random.pick(types) : "";
  return align + sign + flags + width + separator + precision + type;
}

function randomTextSpec(random: Random): string {
  if (random.chance(0.2)) return randomSpec(random, "sf");
  const align = random.chance(0.5) ? random.text("*0😀 {", 0, 1) + random.pick("<>^") : "";
  const width = random.chance(0.7) ? String(random.below(30)) : "";
  return align + width + (random.chance(0.5) ? `.${random.below(12)}` : "") +
    random.pick(["", "s"]);
}

function randomField(random: Random): string {
  if (random.chance(0.5)) return `{timestamp:${randomSpec(random, "eEfFgGn%")}}`;
  const name = random.pick([
    "id",
    "source",
    "content",
    "timestamp",
    "content[0]",
    "id[1]",
    "id[x]",
    "nope",
    "0",
    "",
  ]);
  const conversion = random.chance(0.4) ? `!${random.pick("srasrasrax}")}` : "";
  const nested = random.chance(0.1)
    ? random.pick(["{id}", "{content:{id}}", "{source!r:.2}", "^{id[0]}"])
    : "";
  const spec = random.chance(0.6) ? `:${randomTextSpec(random)}${nested}` : "";
  return `{${name}${conversion}${spec}}`;
}

function randomCase(random: Random): FormatCase {
  const pieces = Array.from({ length: 1 + random.below(2) }, () => {
    if (random.chance(0.05)) return random.text(FORMAT_NOISE, 0, 11);
    return random.pick(["", "", "{{", "}}", "é "]) + randomField(random);
  });
  const number = randomNumber(random);
  return {
    format: pieces.join(""),
    texts: {
      id: random.pick(["12", "<7", "5.2", "", "漢"]),
      source: random.text(CHARACTERS, 0, 24),
      content: random.text(CHARACTERS, 0, 39),
    },
    timestamp: Object.is(number, -0) ? "-0.0" : String(number),
  };
}

function runOwn({ format, texts, timestamp }: FormatCase): PythonResult {
  try {
    return { text: compileFormat(format, FIELDS)({ ...texts, timestamp: Number(timestamp) }) };
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return { error: error.reason };
  }
}

/** Rules of this program's own, for which Python has other words. */
const OWN_RULE = /AttributeError|MemoryError|Too many decimal digits|precision too big/;
/**
 * Python can stop at a value there, before it comes to a fault further on that is found here before
 * any value is seen.
 */
const NEEDS_VALUES = /\[\d|:[^}]*\{/;

function sameError(own: string, python: string, format: string): boolean {
  return OWN_RULE.test(python) || NEEDS_VALUES.test(format) || own.startsWith(python);
}

Deno.test({
  name: nameForPython(`compileFormat does what Python does for ${CASES} random formats`),
  ignore: pythonMissing !== undefined,
  async fn() {
    const seed = firstSeed();
    const random = new Random(seed);
    const cases = Array.from({ length: CASES }, () => randomCase(random));
    const results = await runPython<readonly PythonResult[]>(SCRIPT, cases);
    let refused = 0;
    for (const [index, python] of results.entries()) {
      const own = runOwn(cases[index]!);
      const where = `THEIA_SEED=${seed}, case ${index}: ${JSON.stringify(cases[index])}`;
      if ("error" in own && "error" in python) {
        refused += 1;
        assert.ok(
          sameError(own.error, python.error, cases[index]!.format),
          `${where}: '${own.error}' for '${python.error}'`,
        );
      } else {
        assert.deepEqual(own, python, where);
      }
    }
    assert.ok(refused > CASES / 100 && refused < CASES / 2, `${refused} cases were refused`);
  },
});
