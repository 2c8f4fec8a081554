import assert from "node:assert/strict";
import { parseArguments } from "../../../lib/cli/arguments.ts";
import { optionValues } from "../../../lib/cli/option.ts";
import { QUERY_OPTIONS } from "../../../lib/cli/query/query_options.ts";
import { type QueryTask, readTask } from "../../../lib/cli/query/query_task.ts";
import { UsageError } from "../../../lib/cli/usage_error.ts";

function read(args: string): QueryTask {
  const words = args.split(" ").filter((word) => word !== "");
  const { given } = parseArguments(words, [QUERY_OPTIONS], { nowMs: 0 });
  return readTask(optionValues(QUERY_OPTIONS, given));
}

Deno.test("readTask knows what is asked for", () => {
  const counting = { interval: undefined, by: undefined, top: undefined };
  const rows: readonly (readonly [args: string, task: QueryTask])[] = [
    ["", { kind: "find", tail: undefined }],
    ["-o desc --limit 3 --format json", { kind: "find", tail: undefined }],
    ["-n 5", { kind: "find", tail: 5 }],
    ["-l", { kind: "live" }],
    ["-f", { kind: "follow", tail: undefined }],
    ["-f --tail 2 -F {id}", { kind: "follow", tail: 2 }],
    ["-C 2", { kind: "context", tail: undefined, before: 2, after: 2 }],
    ["-C 2 -A 0 -n 1", { kind: "context", tail: 1, before: 2, after: 0 }],
    ["-B 7", { kind: "context", tail: undefined, before: 7, after: 0 }],
    ["--count", { kind: "count", ...counting }],
    ["--histogram 1m30s", { kind: "count", ...counting, interval: 90 }],
    ["--histogram auto --by tag", { kind: "count", ...counting, interval: "auto", by: "tag" }],
    ["--by source --top 3 --count", { kind: "count", ...counting, by: "source", top: 3 }],
  ];
  for (const [args, task] of rows) assert.deepEqual(read(args), task, args);
});

Deno.test("readTask refuses options that say different things, naming both", () => {
  const rows: readonly (readonly [args: string, ...names: string[]])[] = [
    ["-l -f", "-l/--live", "-f/--follow"],
    ["-l -n 1", "-l/--live", "-n/--tail"],
    ["-l -C 1", "-l/--live", "-C/--context"],
    ["-l --count", "-l/--live", "--count"],
    ["-f --output x", "-f/--follow", "--output"],
    ["-f -o desc", "-f/--follow", "-o/--order desc"],
    ["-f -A 1", "-f/--follow", "-A/--after-context"],
    ["-f --by tag", "-f/--follow", "--by"],
    ["-n 1 -o desc", "-n/--tail", "-o/--order desc"],
    ["-n 1 --limit 2", "-n/--tail", "--limit"],
    ["-C 1 -o desc", "-C/--context", "-o/--order desc"],
    ["--count -n 1", "--count", "-n/--tail"],
    ["--histogram 1m --limit 2", "--histogram", "--limit"],
    ["--format json -F {id}", "--format json", "-F/--format-output"],
    ["--format csv -T %H", "--format csv", "-T/--format-timestamp"],
    ["--count -F {id}", "--count", "-F/--format-output"],
    ["--count --format raw", "--format raw", "json or csv"],
    ["--top 3", "--top", "--by"],
    ["--force", "--force", "--output"],
    ["--histogram 1y", "--histogram", "'1y'", "or auto"],
    ["--histogram 0s", "--histogram", "'0s'"],
    ["--format yaml", "--format", "'yaml'", "'logfmt'"],
    ["-n 0", "-n/--tail", "'0'"],
  ];
  for (const [args, ...names] of rows) {
    assert.throws(() => read(args), (error) => {
      assert(error instanceof UsageError, `${args}: ${error}`);
      for (const name of names) assert(error.message.includes(name), `${args}: ${error.message}`);
      return true;
    });
  }
});

Deno.test("query takes Theia 0.9.2's abbreviations for what they meant there", () => {
  const rows:
    readonly (readonly [args: string, key: keyof typeof QUERY_OPTIONS, value: unknown])[] = [
      ["--li", "live", true],
      ["--cont x", "content", "x"],
      ["--conte x", "content", "x"],
      ["--con x", "content", "x"],
      ["--ta x", "tags", ["x"]],
      ["--t x", "tags", ["x"]],
      ["--o desc", "order", "desc"],
      ["--ord desc", "order", "desc"],
      ["--b 5", "before", 5],
      ["--a 5", "after", 5],
      ["--after 5", "after", 5],
      ["--format-o x", "formatOutput", "x"],
      ["--format-t x", "formatTimestamp", "x"],
      ["--s x", "source", "x"],
      ["--i x", "id", "x"],
    ];
  for (const [args, key, value] of rows) {
    const { given } = parseArguments(args.split(" "), [QUERY_OPTIONS], { nowMs: 0 });
    assert.deepEqual(optionValues(QUERY_OPTIONS, given)[key], value, args);
  }
  for (const args of ["--fo x", "--form x", "--c x"]) {
    assert.throws(
      () => parseArguments(args.split(" "), [QUERY_OPTIONS], { nowMs: 0 }),
      /abbreviation must fit one option/,
      args,
    );
  }
});
