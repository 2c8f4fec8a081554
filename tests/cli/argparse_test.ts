import assert from "node:assert/strict";
import { parseArguments } from "../../lib/cli/arguments.ts";
import { type OptionTable, optionValues } from "../../lib/cli/option.ts";
import { Random } from "../../lib/cli/random.ts";
import { UsageError } from "../../lib/cli/usage_error.ts";
import { pythonMissing, runPython } from "./format/python.ts";

/** The options of `query` and `watch` in Theia 0.9.2, as far as they differ in kind. */
const TABLE = {
  live: { kind: "flag", short: "l", long: "live", help: "" },
  secure: { kind: "flag", short: "z", long: "secure", help: "" },
  id: { kind: "text", long: "id", valueName: "P", help: "" },
  source: { kind: "text", short: "s", long: "source", valueName: "P", help: "" },
  server: { kind: "text", short: "c", long: "collector-server", valueName: "H", help: "" },
  port: { kind: "integer", short: "p", long: "collector-port", valueName: "P", help: "" },
  files: { kind: "list", short: "f", long: "files", valueName: "F", help: "" },
  tags: { kind: "list", short: "t", long: "tags", valueName: "T", help: "" },
} as const satisfies OptionTable;

const WORDS = [
  ...[
    "-l",
    "-z",
    "-lz",
    "-zl",
    "-lt",
    "-zsx",
    "--live",
    "--li",
    "--s",
    "--se",
    "--sec",
    "--live=1",
  ],
  ...["--id", "--id=7", "--i", "-s", "-sx", "-s=x", "--source", "--so", "--source=", "--collector"],
  ...["-c", "--collector-s", "--collector-server=h", "-p", "-p1", "-p=-1", "--collector-p", "-px"],
  ...["-f", "-fa", "--files", "--fi", "--files=a", "-t", "-ta", "--tags", "--ta=b", "--t"],
  ...[
    "a",
    "b",
    "1",
    "-1",
    "-1.5",
    "-.5",
    "-",
    "--",
    "a b",
    "-a b",
    "",
    "x=y",
    "-x",
    "--xyz",
    "-5x",
  ],
];

/** `extend` is what a list that may be repeated does; Theia 0.9.2 kept the last repetition only. */
const SCRIPT = `
import argparse, json, sys
class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise ValueError(message)
parser = Parser(add_help=False)
parser.add_argument("-l", "--live", action="store_true")
parser.add_argument("-z", "--secure", action="store_true")
parser.add_argument("--id")
parser.add_argument("-s", "--source")
parser.add_argument("-c", "--collector-server", dest="server")
parser.add_argument("-p", "--collector-port", dest="port", type=int)
parser.add_argument("-f", "--files", nargs="*", action="extend")
parser.add_argument("-t", "--tags", nargs="*", action="extend")
def parse(argv):
    try:
        found = vars(parser.parse_args(argv))
    except ValueError as error:
        return {"error": str(error)}
    return {"values": {k: v for k, v in found.items() if v not in (None, False, [])}}
print(json.dumps([parse(argv) for argv in json.load(sys.stdin)]))
`;

/** What Python 3.11 says to a `--` that ends the options though nothing follows it: harmless. */
const LONELY_SEPARATOR = "unrecognized arguments: --";

type Answer = { readonly values: object } | { readonly error: string };

function parse(args: readonly string[]): Answer {
  try {
    const { given, operands } = parseArguments(args, [TABLE], { nowMs: 0 });
    if (operands.length > 0) return { error: `unexpected ${operands[0]}` };
    const values = Object.entries(optionValues(TABLE, given)).filter(([, value]) =>
      value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0)
    );
    return { values: Object.fromEntries(values) };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { error: error.message };
  }
}

Deno.test({
  name: "parseArguments takes and refuses what Python's argparse does",
  ignore: pythonMissing !== undefined,
  async fn() {
    const random = new Random(20261122);
    const [first = "", ...others] = WORDS;
    const all = Array.from(
      { length: 8_000 },
      () => Array.from({ length: random.integer(1, 5) }, () => random.choice([first, ...others])),
    );
    const answers = await runPython<Answer[]>(SCRIPT, all);
    let taken = 0;
    for (const [i, args] of all.entries()) {
      const [expected, actual] = [answers[i], parse(args)];
      const shown = `${JSON.stringify(args)}: ${JSON.stringify([expected, actual])}`;
      assert(expected !== undefined);
      if ("values" in expected) {
        assert.deepEqual(actual, expected, shown);
        taken++;
      } else if (expected.error !== LONELY_SEPARATOR) {
        assert("error" in actual, shown);
      }
    }
    assert(taken > 800, `only ${taken} of ${all.length} were taken`);
  },
});
