import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { nameForPython, pythonMissing, runFilter, runPython } from "./python.ts";
import { firstSeed, Random } from "../../random.ts";
import { formatCases, type StrftimeCase } from "./strftime_cases.ts";

const CASES = 10_000;
const LETTERS = "aAbBcCdDeFgGhHIjklmMnpPrRStTuUVwWxXyYzZ%qQLN+é";
const ISO = "%Y-%m-%d %H:%M:%S.%f|";

const SCRIPT = `
import json, sys
from datetime import datetime
def run(case):
    try:
        date = datetime.fromtimestamp(float(case["seconds"]))
    except (ValueError, OverflowError, OSError):
        return None
    return date.strftime(case["format"])
json.dump([run(case) for case in json.load(sys.stdin)], sys.stdout)
`;

function randomSeconds(random: Random): number {
  switch (random.below(8)) {
    case 0:
      return random.below(4e9) + (2 * random.below(1e6) + 1) / 2e6;
    case 1:
      return (random.next() - 0.5) * 2e5;
    case 2:
      return -random.next() * 6e9;
    case 3:
      return -62_135_596_800 + random.next() * 315_537_897_600;
    case 4:
      return random.pick([-62_135_596_800, 253_402_300_800]) + (random.next() - 0.5) * 4e5;
    case 5:
      return random.pick([
        NaN,
        Infinity,
        -Infinity,
        1e300,
        1e18,
        -1e17,
        1e12,
        0,
        -0,
        0.9999995,
        -1e-7,
        -0.5,
      ]);
    default:
      return 1e9 + random.next() * 3e9;
  }
}

function randomDirective(random: Random, letters: string): string {
  if (random.chance(0.15)) return random.pick(["%f", "%f", " ", "x:", "漢", "E", "5", "%%"]);
  const flags = random.chance(0.3) ? random.text("-_0^#", 0, 3) : "";
  const width = random.chance(0.2) ? String(random.below(random.chance(0.02) ? 5000 : 30)) : "";
  const modifier = random.chance(0.1) ? random.pick("EO") : "";
  return `%${flags}${width}${modifier}${random.pick(letters)}`;
}

function randomCases(random: Random, letters: string): readonly StrftimeCase[] {
  return Array.from({ length: CASES }, () => {
    const directives = Array.from(
      { length: 1 + random.below(4) },
      () => randomDirective(random, letters),
    );
    const seconds = randomSeconds(random);
    return {
      format: (random.chance(0.7) ? ISO : "") + directives.join("") +
        random.pick(["", "", "%", "%-5"]),
      seconds: Object.is(seconds, -0) ? "-0.0" : String(seconds),
    };
  });
}

async function compareInZone(timeZone: string, letters: string): Promise<void> {
  const seed = firstSeed();
  const cases = randomCases(new Random(seed), letters);
  const runner = fileURLToPath(new URL("./local_strftime.ts", import.meta.url));
  const [python, local] = await Promise.all([
    runPython<readonly (string | null)[]>(SCRIPT, cases, timeZone),
    runFilter<readonly (string | null)[]>(
      Deno.execPath(),
      ["run", "-A", "--no-check", runner],
      cases,
      timeZone,
    ),
  ]);
  const named = formatCases(cases, timeZone);
  for (const [index, expected] of python.entries()) {
    const where = `THEIA_SEED=${seed}, ${timeZone}, case ${index}: ${JSON.stringify(cases[index])}`;
    assert.equal(local[index], expected, `${where}, zone of the process`);
    assert.equal(named[index], expected, `${where}, zone by name`);
  }
}

for (const timeZone of ["UTC", "America/New_York", "Asia/Kolkata"]) {
  Deno.test({
    name: nameForPython(
      `compileStrftime does what Python does for ${CASES} random cases in ${timeZone}`,
    ),
    ignore: pythonMissing !== undefined,
    async fn() {
      // In an hour that comes twice the C library guesses which one `%s` means.
      await compareInZone(timeZone, timeZone === "America/New_York" ? LETTERS : `${LETTERS}s`);
    },
  });
}
