import assert from "node:assert/strict";
import { formatJson, type JsonValue, parseJson } from "../../lib/hat/mod.ts";
import { firstSeed, Random } from "../random.ts";
import { pythonRelease, runPython } from "../event/python.ts";

const VALUES = 3000;

/** Reads each line and writes it again, as Hat does with a payload. */
const PROGRAM = `
import json, sys
for line in sys.stdin:
    print(json.dumps(json.loads(line)))
`;

const CHARS = ["a", '"', "\\", "/", "\n", "\0", "\x7f", "é", "\u2028", "😀", "\ud800", "\uffff"];

function randomNumber(random: Random): number | bigint {
  const size = 10 ** random.int(-330, 308);
  const float = (random.next() - 0.5) * random.pick([size, 1e-4, 1e15, 1e16, 1e17, 1]);
  return random.pick([
    float,
    Math.round(float),
    Number(float.toPrecision(3)),
    BigInt(random.int(-9, 9)) * 10n ** 17n,
    random.pick([0, -0, 5e-324, 2 ** 53, 2 ** 53 - 1]),
  ]);
}

function randomValue(random: Random, depth: number): JsonValue {
  const kind = random.below(depth > 3 ? 4 : 6);
  const length = random.below(4);
  switch (kind) {
    case 0:
      return random.pick([null, true, false]);
    case 1:
      return random.text(CHARS, 0, 6);
    case 4:
      return Array.from({ length }, () => randomValue(random, depth + 1));
    case 5:
      return Object.fromEntries(
        Array.from({ length }, () => [random.text(CHARS, 0, 3), randomValue(random, depth + 1)]),
      );
    default:
      return randomNumber(random);
  }
}

async function throughPython(lines: readonly string[]): Promise<readonly string[]> {
  const output = await runPython(PROGRAM, lines.map((line) => `${line}\n`).join(""));
  return output.trimEnd().split("\n");
}

const isThere = pythonRelease() !== undefined;

Deno.test({
  name: `formatJson writes random values as Python does${
    isThere ? "" : " (skipped: no python3 3.11)"
  }`,
  ignore: !isThere,
  async fn() {
    const random = new Random(firstSeed());
    const values = Array.from({ length: VALUES }, () => randomValue(random, 0));
    const texts = values.map(formatJson);
    const answers = await throughPython(texts);
    for (const [i, text] of texts.entries()) {
      assert.equal(answers[i], text, `THEIA_SEED=${random.seed}`);
    }
  },
});

Deno.test("parseJson reads what formatJson wrote, and writing that gives the same text", () => {
  const random = new Random(firstSeed());
  for (let i = 0; i < VALUES; i++) {
    const text = formatJson(randomValue(random, 0));
    assert.equal(formatJson(parseJson(text)), text, `THEIA_SEED=${random.seed}`);
  }
});
