import assert from "node:assert/strict";
import { compilePattern, PatternError } from "../../lib/event/pattern.ts";
import { Random } from "../random.ts";
import { PatternMaker } from "./pattern_grammar.ts";

const SEED = 20;
const PATTERNS = 1500;
const TEXTS = 8;

/** Runs a program with a V8 flag; `input` is its standard input as JSON, the result what it prints as JSON. */
async function runWithFlag(flag: string, program: string, input: unknown): Promise<unknown> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["eval", `--v8-flags=${flag}`, program],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  });
  await using child = command.spawn();
  const output = new Response(child.stdout).json();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(input)));
  await writer.close();
  return await output;
}

const READ_INPUT = "const input = await new Response(Deno.stdin.readable).json();";

const TRY_LINEAR = `${READ_INPUT}
console.log(JSON.stringify(input.map(({ source, texts }) => {
  try {
    const regex = new RegExp(source, "l");
    return texts.map((text) => regex.test(text));
  } catch {
    return null;
  }
})));`;

Deno.test("Pattern.linear says what V8's linear engine takes, and that answers the same", async () => {
  const maker = new PatternMaker(new Random(SEED));
  const fixed = [
    "a{17}b",
    "\\d{32,40}",
    "(?:ab){20}",
    "\\bfoo\\b",
    "(?i)k+$",
    "(?m)^a$",
    "(?:a{4}){4}",
  ];
  const sources = [...fixed, ...Array.from({ length: PATTERNS }, () => maker.pattern())];
  const questions = sources.flatMap((source) => {
    const pattern = tryCompile(source);
    if (pattern === undefined) return [];
    const texts = Array.from({ length: TEXTS }, () => maker.text());
    const ascii = texts.map((text) => text.replace(/[^\0-\x7f]/g, ""));
    const expectedAscii = ascii.map((text) => pattern.testAscii(text));
    return [
      {
        source: pattern.asciiSource,
        linear: pattern.linearAscii,
        texts: ascii,
        expected: expectedAscii,
      },
      ...pattern.exactSource === undefined ? [] : [{
        source: pattern.exactSource,
        linear: pattern.linear,
        texts,
        expected: texts.map((text) => pattern.test(text)),
      }],
    ];
  });
  const answers = await runWithFlag("--enable-experimental-regexp-engine", TRY_LINEAR, questions);
  assert.ok(Array.isArray(answers));
  assert.ok(questions.filter((question) => question.linear).length > questions.length / 3);
  questions.forEach(({ source, linear, texts, expected }, i) => {
    if (linear) assert.ok(answers[i] !== null, `not linear: ${source}`);
    if (answers[i] === null) return;
    assert.deepEqual(answers[i], expected, `${JSON.stringify(source)} in ${JSON.stringify(texts)}`);
  });
});

Deno.test("Pattern.linear is not too modest", () => {
  const sources = [
    "a{17}b",
    "[0-9a-f]{64}",
    "(?i)error$",
    "\\bfoo\\b",
    "(?m)^a+$",
    ".*x",
    "(?:a|b)*?c",
  ];
  for (const source of sources) assert.ok(compilePattern(source, "search").linear, source);
  for (const source of ["a(?!b)c", "(a)\\1", "(?>ab?)b", "a{2000}b", "(?:(?=a).)*b"]) {
    assert.ok(!compilePattern(source, "search").linear, source);
  }
});

const TIME = `${READ_INPUT}
console.log(JSON.stringify(input.map(({ source, text }) => {
  const start = performance.now();
  new RegExp(source).test(text);
  return performance.now() - start;
})));`;

Deno.test("a linear pattern cannot run away under the project's V8 flag", async () => {
  const text = "a".repeat(2000) + "!";
  const sources = [
    "(a|a)*b",
    "(.*)*x",
    "(a+)+$",
    "(?i)(a+)+$",
    "(?i)(a|A)*b",
    "(\\w|a)*\\bz",
    "(?:a{1,20})+b",
  ];
  const questions = sources.flatMap((source) => {
    const pattern = compilePattern(source, "search");
    assert.ok(pattern.linear, source);
    return [
      { source: pattern.asciiSource, text },
      { source: pattern.exactSource!, text: `${text}Ж` },
    ];
  });
  const flag = "--enable-experimental-regexp-engine-on-excessive-backtracks";
  const times = await runWithFlag(flag, TIME, questions);
  assert.ok(Array.isArray(times));
  times.forEach((ms, i) => assert.ok(ms < 1000, `${questions[i].source.slice(0, 80)}: ${ms} ms`));
});

function tryCompile(source: string): ReturnType<typeof compilePattern> | undefined {
  try {
    return compilePattern(source, "search");
  } catch (error) {
    if (error instanceof PatternError) return undefined;
    throw error;
  }
}
