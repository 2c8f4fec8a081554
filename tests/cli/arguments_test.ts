import assert from "node:assert/strict";
import { parseArguments } from "../../lib/cli/arguments.ts";
import { type OptionTable, optionValues } from "../../lib/cli/option.ts";
import { UsageError } from "../../lib/cli/usage_error.ts";
import { NO_TIMES, TIME_WORDS, WORDS_NOW } from "../time_words.ts";

const TABLE = {
  live: { kind: "flag", short: "l", long: "live", help: "" },
  quiet: { kind: "flag", short: "q", long: "quiet", help: "" },
  order: { kind: "text", short: "o", long: "order", valueName: "O", help: "", default: "asc" },
  output: { kind: "text", long: "output", valueName: "O", help: "" },
  way: { kind: "text", long: "way", valueName: "W", help: "", choices: ["up", "down"] },
  tags: { kind: "list", short: "t", long: "tags", valueName: "T", help: "" },
  port: { kind: "integer", short: "p", long: "port", valueName: "P", help: "", min: 0, max: 9 },
  rate: { kind: "number", long: "rate", valueName: "R", help: "", min: 0.5 },
  after: { kind: "time", short: "a", long: "after", valueName: "A", help: "" },
  limit: { kind: "integer", long: "limit", valueName: "L", help: "", isNew: true },
} as const satisfies OptionTable;

const GLOBAL = {
  live: { kind: "text", long: "live", valueName: "L", help: "" },
  host: { kind: "text", short: "H", long: "host", valueName: "H", help: "" },
  lazy: { kind: "flag", long: "lazy", help: "" },
  help: { kind: "flag", long: "help", help: "", endsParsing: true },
} as const satisfies OptionTable;

const NOW_MS = 1_000_000_000_000;

function parse(...args: string[]): { readonly [key: string]: unknown } {
  const { given, operands } = parseArguments(args, [TABLE, GLOBAL], { nowMs: NOW_MS });
  const all = { ...optionValues(GLOBAL, given), ...optionValues(TABLE, given), operands };
  const isGiven = ([, value]: readonly [string, unknown]) =>
    value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(all).filter(isGiven));
}

function assertParses(rows: readonly (readonly [args: string, expected: object])[]): void {
  for (const [args, expected] of rows) {
    assert.deepEqual(parse(...args.split(" ")), { order: "asc", ...expected }, args);
  }
}

function assertRefused(args: string, ...parts: string[]): void {
  try {
    parse(...args.split(" "));
  } catch (error) {
    assert(error instanceof UsageError, `${args}: ${error}`);
    for (const part of parts) assert(error.message.includes(part), `${args}: ${error.message}`);
    return;
  }
  assert.fail(`${args}: is taken`);
}

Deno.test("parseArguments takes values apart, attached and after an equals sign", () => {
  assertParses([
    ["-o desc", { order: "desc" }],
    ["-odesc", { order: "desc" }],
    ["-o=desc", { order: "desc" }],
    ["--order desc", { order: "desc" }],
    ["--order=desc", { order: "desc" }],
    ["--order=a=b", { order: "a=b" }],
    ["--order=", { order: "" }],
    ["--order=--live", { order: "--live" }],
    ["-o asc -o desc", { order: "desc" }],
  ]);
});

Deno.test("parseArguments gives a list all values up to the next option, and those of each repetition", () => {
  assertParses([
    ["-t a b c -o desc", { tags: ["a", "b", "c"], order: "desc" }],
    ["-t a -t b", { tags: ["a", "b"] }],
    ["-t a b -l --tags c", { tags: ["a", "b", "c"], live: true }],
    ["-t", {}],
    ["-t -l", { live: true }],
    ["-t -1 -.5 -2.5 -", { tags: ["-1", "-.5", "-2.5", "-"] }],
    ["-ta b", { tags: ["a"], operands: ["b"] }],
    ["--tags=a b", { tags: ["a"], operands: ["b"] }],
    ["-t a -- b", { tags: ["a"], operands: ["b"] }],
  ]);
});

Deno.test("parseArguments joins short flags", () => {
  assertParses([
    ["-lq", { live: true, quiet: true }],
    ["-lodesc", { live: true, order: "desc" }],
    ["-lt a b", { live: true, tags: ["a", "b"] }],
  ]);
});

Deno.test("parseArguments takes an abbreviation that fits one option only", () => {
  assertParses([
    ["--ord desc", { order: "desc" }],
    ["--ord=desc", { order: "desc" }],
    ["--q", { quiet: true }],
    ["--ho here", { host: "here" }],
  ]);
  assertRefused("--o x", "--o", "--order", "--output");
});

Deno.test("parseArguments lets an abbreviation mean what it meant before options were added", () => {
  assertParses([
    ["--l", { live: true }],
    ["--li", { live: true }],
    ["--lim 3", { limit: 3 }],
    ["--la", { lazy: true }],
  ]);
});

Deno.test("parseArguments reads numbers and times", () => {
  assertParses([
    ["-p 7", { port: 7 }],
    ["-p +7", { port: 7 }],
    ["--rate 1e3", { rate: 1000 }],
    ["-a -5", { after: -5 }],
    ["-a 15m", { after: NOW_MS / 1000 - 900 }],
  ]);
});

Deno.test("parseArguments reads times by the words of all", () => {
  const options = { nowMs: WORDS_NOW * 1000 };
  for (const [text, seconds] of Object.entries(TIME_WORDS)) {
    for (const args of [[`-a${text}`], [`--after=${text}`]]) {
      const { given } = parseArguments(args, [TABLE], options);
      assert.equal(optionValues(TABLE, given).after, seconds, text);
    }
  }
  for (const text of NO_TIMES) {
    assert.throws(() => parseArguments(["-a", text], [TABLE], options), {
      name: "UsageError",
      message: new RegExp(`^Cannot use option '-a/--after': Cannot read time '${text}': `),
    });
  }
});

Deno.test("parseArguments names option, value and rule of what it refuses", () => {
  assertRefused("-p 10", "-p/--port", "'10'", "from 0 to 9");
  assertRefused("-p 1.5", "-p/--port", "'1.5'", "integer");
  assertRefused("-p x", "-p/--port", "'x'", "integer");
  assertRefused("--rate 0.1", "--rate", "'0.1'", "at least 0.5");
  assertRefused("--rate NaN", "--rate", "'NaN'", "number");
  assertRefused("--way left", "--way", "'left'", "'up' or 'down'");
  assertRefused("-a never", "-a/--after", "'never'");
  assertRefused("-o", "-o", "must have a value", "nothing follows");
  assertRefused("-o -l", "-o", "must have a value", "'-l'");
  assertRefused("--live=yes", "--live", "takes no value", "'yes'");
  assertRefused("-lz", "-l", "takes no value", "'z'");
  assertRefused("--ordr x", "--ordr", "did you mean '--order'");
  assertRefused("-x", "-x");
});

Deno.test("parseArguments takes no single letter for a slip of the pen", () => {
  assert.throws(() => parse("-x"), (error) => !`${error}`.includes("did you mean"));
});

Deno.test("parseArguments looks at nothing after an option that ends parsing", () => {
  assertParses([["--help --nonsense -p x", { help: true }]]);
});

Deno.test("parseArguments leaves everything after the first operand alone when told so", () => {
  const args = ["-H", "here", "query", "-x", "--", "-H", "there"];
  const { given, operands } = parseArguments(args, [GLOBAL], {
    nowMs: NOW_MS,
    stopAtOperand: true,
  });
  assert.equal(optionValues(GLOBAL, given).host, "here");
  assert.deepEqual(operands, ["query", "-x", "--", "-H", "there"]);
});
