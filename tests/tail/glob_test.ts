import assert from "node:assert/strict";
import { matchesGlob } from "node:path";
import { expandBraces, MAX_ALTERNATIVES } from "../../lib/tail/braces.ts";
import { Excludes } from "../../lib/tail/excludes.ts";
import { Glob } from "../../lib/tail/glob.ts";
import { GlobSegment } from "../../lib/tail/glob_segment.ts";
import { forSeeds } from "../random.ts";

function matches(pattern: string, path: string): boolean {
  return Glob.parse(pattern).some(({ root }, index) => {
    const prefix = root === "." ? "" : root.endsWith("/") ? root : `${root}/`;
    const glob = Glob.parse(pattern)[index] as Glob;
    return path.startsWith(prefix) && glob.matches(path.slice(prefix.length).split("/"));
  });
}

Deno.test("GlobSegment matches names as shells do", () => {
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ["*", ["a", "a.b", "é😀"], [".a"]],
    ["*.log", ["a.log", "a.b.log"], ["a.log.1", ".log", "log"]],
    [".*", [".a", "."], ["a"]],
    ["?", ["a", "é", "😀"], ["", "ab", "."]],
    ["a*b*c", ["abc", "axbxbc", "abbcc"], ["acb", "abcd"]],
    ["[ab]x", ["ax", "bx"], ["cx", "x"]],
    ["[a-cx]", ["a", "b", "c", "x"], ["d", "-"]],
    ["[!a-c]", ["d", "-"], ["a", ".", ""]],
    ["[^a]", ["b"], ["a"]],
    ["[]a]", ["]", "a"], ["b"]],
    ["[a-]", ["a", "-"], ["b"]],
    ["[a", ["[a"], ["a"]],
    ["\\*", ["*"], ["a", "\\*"]],
    ["a\\", ["a\\"], ["a"]],
    ["a.b", ["a.b"], ["axb"]],
    ["(a|b)+$", ["(a|b)+$"], ["a"]],
  ];
  for (const [pattern, good, bad] of cases) {
    const segment = new GlobSegment(pattern);
    for (const name of good) assert.ok(segment.matches(name, false), `${pattern} ${name}`);
    for (const name of bad) assert.ok(!segment.matches(name, false), `${pattern} ${name}`);
  }
  assert.ok(new GlobSegment("*").matches(".a", true));
});

Deno.test("GlobSegment takes no longer on hostile names", () => {
  const segment = new GlobSegment("*a".repeat(60) + "b");
  assert.equal(segment.matches("a".repeat(20_000), false), false);
});

Deno.test("expandBraces writes out alternatives, nested and with escapes", () => {
  assert.deepEqual(expandBraces("{a,b}/{c,d}"), ["a/c", "a/d", "b/c", "b/d"]);
  assert.deepEqual(expandBraces("x{a,{b,c}d,}y"), ["xay", "xbdy", "xcdy", "xy"]);
  for (const same of ["{a}", "{a,b", "a,b}", "\\{a,b}", "{}", "{1..3}"]) {
    assert.deepEqual(expandBraces(same), [same]);
  }
  assert.deepEqual(expandBraces("{{a,b}"), ["{a", "{b"]);
  assert.equal(expandBraces("{a,b}".repeat(8)).length, MAX_ALTERNATIVES);
  assert.throws(() => expandBraces("{a,b}".repeat(40)), RangeError);
});

Deno.test("Glob divides a pattern into its root and the rest", () => {
  const roots = (pattern: string) => Glob.parse(pattern).map(({ root }) => root);
  assert.deepEqual(roots("/var/log/**/*.log"), ["/var/log"]);
  assert.deepEqual(roots("/var/log/app.log"), ["/var/log"]);
  assert.deepEqual(roots("/*.log"), ["/"]);
  assert.deepEqual(roots("*.log"), ["."]);
  assert.deepEqual(roots("../a/./b//*.log"), ["../a/b"]);
  assert.deepEqual(roots("/{a,b}/c/*"), ["/a/c", "/b/c"]);
  assert.deepEqual(roots("/a\\*b/*"), ["/a*b"]);
});

Deno.test("Glob refuses what is no pattern", () => {
  for (const pattern of ["", "a\nb", "/", ".", "*/../a", "/a/.."]) {
    assert.throws(() => Glob.parse(pattern), TypeError, pattern);
  }
});

Deno.test("Glob matches paths as node:path does", async () => {
  const names = ["a", "b", "ab", ".a", "a.log", "ba", "a.b"];
  const wild = ["*", "**", "?", "a*", "*b", "[ab]", "[!a]", ".*", "*.log", "{a,b}", "a{,.log}"];
  await forSeeds(3000, (random) => {
    const count = random.int(1, 4);
    const parts = Array.from({ length: count }, () => random.pick([...wild, ...names]));
    // A final `**` of ours is every file below; theirs is that and the directory itself.
    if (parts.at(-1) === "**") parts.push("*");
    const pattern = `/${parts.join("/")}`;
    const path = "/" + Array.from({ length: random.int(1, 5) }, () => random.pick(names)).join("/");
    assert.equal(matches(pattern, path), matchesGlob(path, pattern), `${pattern} on ${path}`);
  });
});

Deno.test("Excludes matches names anywhere, paths as a whole, and what is hidden", () => {
  const excludes = new Excludes(["*.tmp", "/var/log/journal", "/srv/**/cache", "own/*.log"]);
  assert.ok(excludes.matches("/a/b.tmp", "b.tmp"));
  assert.ok(excludes.matches("/a/.b.tmp", ".b.tmp"));
  assert.ok(!excludes.matches("/a/b.tmp.1", "b.tmp.1"));
  assert.ok(excludes.matches("/var/log/journal", "journal"));
  assert.ok(!excludes.matches("/var/log/journal2", "journal2"));
  assert.ok(!excludes.matches("/x/var/log/journal", "journal"));
  assert.ok(excludes.matches("/srv/a/.b/cache", "cache"));
  assert.ok(excludes.matches("own/a.log", "a.log"));
  assert.ok(excludes.matches(`${Deno.cwd()}/own/a.log`, "a.log"));
  assert.ok(!new Excludes([]).matches("/a", "a"));
});
