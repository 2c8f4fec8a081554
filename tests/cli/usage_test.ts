import assert from "node:assert/strict";
import { run } from "../../lib/cli/run.ts";
import { FakeEnvironment } from "./fake_environment.ts";

interface Case {
  readonly args: string;
  /** What the line of the error names. */
  readonly names: readonly string[];
  /** The command whose help is pointed to. */
  readonly hint: string;
}

const CASES: readonly Case[] = [
  { args: "qurey", names: ["'qurey'", "'query'"], hint: "theia" },
  { args: "sim", names: ["'sim'", "did you mean 'simulate'"], hint: "theia" },
  { args: "nonsense", names: ["'nonsense'", "collect, watch, query"], hint: "theia" },
  { args: "--nonsense", names: ["'--nonsense'"], hint: "theia" },
  { args: "--live", names: ["'--live'", "'theia collect --live'"], hint: "theia" },
  { args: "-P", names: ["'-P'", "must have a value"], hint: "theia" },
  { args: "-P 70000", names: ["'-P/--port'", "'70000'", "from 0 to 65535"], hint: "theia" },
  { args: "query -P x", names: ["'-P/--port'", "'x'", "integer"], hint: "theia query" },
  { args: "query -o up", names: ["'-o/--order'", "'up'", "'asc' or 'desc'"], hint: "theia query" },
  { args: "query --limt 3", names: ["'--limt'", "'--limit'"], hint: "theia query" },
  { args: "query --limit 0", names: ["'--limit'", "'0'", "at least 1"], hint: "theia query" },
  { args: "query -a someday", names: ["'-a/--after'", "'someday'"], hint: "theia query" },
  { args: "query -a 31.12.", names: ["'-a/--after'", "'31.12.'"], hint: "theia query" },
  { args: "query --wrong", names: ["'--wrong'"], hint: "theia query" },
  { args: "query -c (a", names: ["'-c/--content'", "(a", "unterminated"], hint: "theia query" },
  { args: "query -t ok [", names: ["'-t/--tags'", "["], hint: "theia query" },
  { args: "query -s *", names: ["'-s/--source'", "*"], hint: "theia query" },
  { args: "query -F {nope}", names: ["'-F/--format-output'", "nope"], hint: "theia query" },
  { args: "query --close-timeout -1", names: ["'--close-timeout'", "'-1'"], hint: "theia query" },
  { args: "query --since 1h", names: ["'--since'", "'-a/--after'"], hint: "theia query" },
  { args: "tau --until 1h", names: ["'--until'", "'-b/--before'"], hint: "theia tau" },
  { args: "query --grep x", names: ["'--grep'", "'-c/--content'"], hint: "theia query" },
  { args: "query oops", names: ["'oops'", "options only", "-c 'oops'"], hint: "theia query" },
  { args: "query -ta b", names: ["'b'", "'-t/--tags'"], hint: "theia query" },
  { args: "collect x", names: ["'x'", "options only"], hint: "theia collect" },
  { args: "collect --rdbs-store", names: ["'--rdbs-store'", "-U/--db-url"], hint: "theia collect" },
  { args: "collect --live -d x", names: ["'--live'", "'-d/--data-dir'"], hint: "theia collect" },
  { args: "collect -d x -U memory:", names: ["'-d/--data-dir'", "'-U/"], hint: "theia collect" },
  { args: "collect --flush-interval 1", names: ["'--flush-interval'"], hint: "theia collect" },
  { args: "collect --store a --live", names: ["'--live'", "'--store'"], hint: "theia collect" },
  { args: "watch", names: ["-f/--files", "-d/--directory"], hint: "theia watch" },
  { args: "watch -f x -t a,b", names: ["'-t/--tags'", "'a,b'", "commas"], hint: "theia watch" },
  { args: "watch -f x --split no", names: ["'--split'", "'no'", "'line'"], hint: "theia watch" },
  { args: "watch -f x --from no", names: ["'--from'", "'no'", "'end'"], hint: "theia watch" },
  { args: "simulate --delay 1 --rate 1", names: ["'--delay'", "'--rate'"], hint: "theia simulate" },
  { args: "simulate --delay x", names: ["'--delay'", "'x'"], hint: "theia simulate" },
  { args: "simulate -t a,b", names: ["'-t'", "'a,b'"], hint: "theia simulate" },
  { args: "simulate --rate 0", names: ["'--rate'", "'0'"], hint: "theia simulate" },
  { args: "simulate --batch 0", names: ["'--batch'", "'0'"], hint: "theia simulate" },
  { args: "help nonsense", names: ["'nonsense'"], hint: "theia help" },
  { args: "help query watch", names: ["'watch'", "at most 1"], hint: "theia help" },
  { args: "demo /no/such/file", names: ["'/no/such/file'"], hint: "theia demo" },
];

for (const { args, names, hint } of CASES) {
  Deno.test(`theia ${args}: one line says what is wrong, exit code 2`, async () => {
    const environment = new FakeEnvironment();
    assert.equal(await run(args.split(" "), environment), 2);
    const [error = "", tip, ...others] = environment.stderr.lines;
    assert(error.startsWith("error: "), error);
    for (const name of names) assert(error.includes(name), error);
    assert.equal(tip, `Try '${hint} --help'.`);
    assert.deepEqual(others, []);
    assert.equal(environment.stdout.text, "");
    assert.equal(environment.listeners, 0);
  });
}

Deno.test("theia takes global options before and after the command", async () => {
  for (const args of ["-P 1 -H localhost query", "query -P 1 -H localhost", "-P 9 query -P 1"]) {
    const environment = new FakeEnvironment();
    assert.equal(await run(args.split(" "), environment), 1);
    assert.match(environment.stderr.text, /^error: Cannot connect .*localhost:1\/find.*\n$/);
  }
});

Deno.test("theia tau needs a terminal, and says what there is without", async () => {
  const environment = new FakeEnvironment();
  assert.equal(await run(["tau"], environment), 2);
  assert.match(environment.stderr.text, /^error: .*must be a terminal.*'theia query'\n/);
});

Deno.test("theia ends quietly when its output is closed", async () => {
  const environment = new FakeEnvironment();
  environment.stdout.isClosed = true;
  assert.equal(await run(["--help"], environment), 0);
  assert.equal(environment.stderr.text, "");
});
