import assert from "node:assert/strict";
import { identify } from "../../lib/tail/file_identity.ts";
import type { FilePiece } from "../../lib/tail/file_portion.ts";
import { MAX_CONTENT_BYTES } from "../../lib/tail/line_decoder.ts";
import { type LineGroup, LineGrouper, MAX_GROUP_LINES } from "../../lib/tail/line_grouper.ts";
import { MultilineError, type MultilineRule } from "../../lib/tail/multiline_rule.ts";
import { forSeeds, type Random } from "../random.ts";

const INDENT: MultilineRule = { kind: "indent" };
const START: MultilineRule = { kind: "start", pattern: String.raw`^\d{4}-` };
const IDENTITY = identify({ dev: 1, ino: 2, birthtime: null });

function pieces(lines: readonly string[], identity = IDENTITY): FilePiece[] {
  let offset = 0;
  return lines.map((text) => {
    const piece = { offset, end: offset + text.length + 1, text, identity };
    offset = piece.end;
    return piece;
  });
}

/** All groups of the lines, the open one included. */
function groupAll(grouper: LineGrouper, lines: readonly string[]): LineGroup[] {
  const groups = grouper.push(pieces(lines), 0);
  const last = grouper.flush();
  return last ? [...groups, last] : groups;
}

function texts(grouper: LineGrouper, lines: readonly string[]): string[] {
  return groupAll(grouper, lines).map((group) => group.text);
}

Deno.test("LineGrouper begins a group with each line that the start pattern is found in", () => {
  const lines = ["2026-01 a", "  at x", "Caused by: y", "2026-02 b", "2026-03 c", ""];
  assert.deepEqual(texts(new LineGrouper(START), lines), [
    "2026-01 a\n  at x\nCaused by: y",
    "2026-02 b",
    "2026-03 c\n",
  ]);
});

Deno.test("LineGrouper joins indented and empty lines to the one before", () => {
  const lines = ["a", " 1", "", "\t2", "b", "", "c", "\u00a0d"];
  assert.deepEqual(texts(new LineGrouper(INDENT), lines), ["a\n 1\n\n\t2", "b\n", "c", "\u00a0d"]);
});

Deno.test("LineGrouper makes a group of lines that go on with nothing", () => {
  assert.deepEqual(texts(new LineGrouper(INDENT), [" 1", " 2", "a"]), [" 1\n 2", "a"]);
  assert.deepEqual(texts(new LineGrouper(START), ["x", "y", "2026-"]), ["x\ny", "2026-"]);
  const grouper = new LineGrouper(INDENT);
  assert.deepEqual(texts(grouper, ["a"]), ["a"]);
  const [late] = groupAll(grouper, [" late"]);
  assert.deepEqual([late?.text, late?.continued], [" late", false]);
});

Deno.test("LineGrouper takes Python's syntax, look-ahead included", () => {
  const grouper = new LineGrouper({ kind: "start", pattern: String.raw`^(?!\s|(?i:caused))` });
  assert.deepEqual(texts(grouper, ["a", " b", "Caused by", "c"]), ["a\n b\nCaused by", "c"]);
});

Deno.test("LineGrouper keeps the lines of a group over a rotation", () => {
  const next = identify({ dev: 1, ino: 3, birthtime: null });
  const grouper = new LineGrouper(INDENT);
  assert.deepEqual(grouper.push(pieces(["one", "two"]), 0).map((group) => group.text), ["one"]);
  const [group] = grouper.push(pieces([" more", "three"], next), 0);
  assert.deepEqual(
    group?.pieces.map(({ offset, end, identity }) => [offset, end, identity.ino]),
    [[4, 8, 2], [0, 6, 3]],
  );
  assert.equal(group?.text, "two\n more");
});

Deno.test("LineGrouper says whether and since when a group is open", () => {
  const grouper = new LineGrouper(INDENT);
  assert.deepEqual([grouper.isOpen, grouper.waitingSince, grouper.openFrom], [
    false,
    undefined,
    undefined,
  ]);
  grouper.push([], 3);
  assert.equal(grouper.waitingSince, undefined);
  const lines = pieces(["a", " b", "c", " d"]);
  grouper.push(lines.slice(0, 1), 5);
  assert.deepEqual([grouper.isOpen, grouper.waitingSince], [true, 5]);
  grouper.push(lines.slice(1, 2), 7);
  assert.deepEqual([grouper.openFrom, grouper.waitingSince], [lines[0], 7]);
  grouper.push(lines.slice(2), 9);
  assert.deepEqual([grouper.openFrom, grouper.waitingSince], [lines[2], 9]);
  grouper.flush();
  assert.deepEqual([grouper.isOpen, grouper.waitingSince, grouper.flush()], [
    false,
    undefined,
    undefined,
  ]);
});

Deno.test("LineGrouper ends a group that has as many lines as it may, and marks what follows", () => {
  const lines = ["a", ...Array.from({ length: 2 * MAX_GROUP_LINES }, () => " b"), "c", " d"];
  const grouper = new LineGrouper(INDENT);
  const groups = groupAll(grouper, lines);
  assert.deepEqual(
    groups.map(({ pieces, full, continued }) => [pieces.length, full, continued]),
    [
      [MAX_GROUP_LINES, true, false],
      [MAX_GROUP_LINES, true, true],
      [1, false, true],
      [2, false, false],
    ],
  );
  assert.equal(grouper.fullGroups, 2);
  assert.equal(groups.map(({ text }) => text).join("\n"), lines.join("\n"));
});

Deno.test("LineGrouper does not call a group full that the next line does not belong to", () => {
  const grouper = new LineGrouper(INDENT, { maxLines: 2 });
  const groups = groupAll(grouper, ["a", " b", "c"]);
  assert.deepEqual(groups.map(({ full, continued }) => full || continued), [false, false]);
  assert.equal(grouper.fullGroups, 0);
});

Deno.test("LineGrouper fills a group to the last byte that an event may have", () => {
  for (const filler of ["x", "é", "漢", "😀"]) {
    const bytes = new TextEncoder().encode(filler).length;
    const line = ` ${filler.repeat(Math.floor(100_000 / bytes))}`;
    const lineBytes = new TextEncoder().encode(line).length;
    const count = Math.floor((MAX_CONTENT_BYTES + 1) / (lineBytes + 1));
    const rest = MAX_CONTENT_BYTES + 1 - count * (lineBytes + 1);
    const grouper = new LineGrouper(INDENT);
    const lines = Array.from({ length: count }, () => line);
    const groups = groupAll(grouper, [...lines, ` ${"y".repeat(rest - 2)}`, " z"]);
    assert.deepEqual(groups.map(({ text }) => new TextEncoder().encode(text).length), [
      MAX_CONTENT_BYTES,
      2,
    ]);
  }
});

Deno.test("LineGrouper gives a line that is too large for a group one of its own", () => {
  const grouper = new LineGrouper(INDENT, { maxBytes: 4 });
  const groups = groupAll(grouper, ["a", " 23456", " b", "  ", "c"]);
  assert.deepEqual(groups.map(({ text, full, continued }) => [text, full, continued]), [
    ["a", true, false],
    [" 23456", true, true],
    [" b", true, true],
    ["  ", false, true],
    ["c", false, false],
  ]);
});

Deno.test("LineGrouper makes the same groups of the same lines, however many come at once", () =>
  forSeeds(300, (random) => {
    const lines = Array.from({ length: random.int(0, 60) }, () => randomLine(random));
    const options = { maxLines: random.int(1, 6), maxBytes: random.int(1, 30) };
    const rule = random.pick([INDENT, { kind: "start", pattern: "^[ab]" }] as const);
    const whole = groupAll(new LineGrouper(rule, options), lines);
    const grouper = new LineGrouper(rule, options);
    const groups: LineGroup[] = [];
    const all = pieces(lines);
    while (all.length > 0) groups.push(...grouper.push(all.splice(0, random.int(1, 9)), 0));
    const last = grouper.flush();
    assert.deepEqual(last ? [...groups, last] : groups, whole);
    assert.deepEqual(whole.flatMap((group) => group.pieces), pieces(lines));
    for (const { text, pieces } of whole) {
      assert.ok(pieces.length <= options.maxLines);
      const bytes = new TextEncoder().encode(text).length;
      assert.ok(bytes <= options.maxBytes || pieces.length === 1, text);
    }
  }));

/** A reader that was stopped goes on at the first line of the open group. */
Deno.test("LineGrouper makes the same groups from the beginning of any group on", () =>
  forSeeds(200, (random) => {
    const lines = Array.from({ length: random.int(1, 40) }, () => randomLine(random));
    const options = { maxLines: random.int(1, 6), maxBytes: random.int(1, 30) };
    const whole = groupAll(new LineGrouper(INDENT, options), lines);
    let line = 0;
    for (const [i, { pieces }] of whole.entries()) {
      const again = texts(new LineGrouper(INDENT, options), lines.slice(line));
      assert.deepEqual(again, whole.slice(i).map(({ text }) => text));
      line += pieces.length;
    }
  }));

function randomLine(random: Random): string {
  return random.pick(["a", "b", " ", "\t", "", "漢"]) + random.text(["x", "é", "漢", "😀"], 0, 4);
}

Deno.test("LineGrouper names --multiline-start when the pattern is refused", () => {
  for (const pattern of ["(", "", "(a)?(?(1)b)"]) {
    assert.throws(
      () => new LineGrouper({ kind: "start", pattern }),
      (error) => error instanceof MultilineError && error.message.includes("--multiline-start"),
      pattern,
    );
  }
});

Deno.test("LineGrouper stops a pattern that runs away and takes none of the lines", () => {
  const rule = { kind: "start", pattern: "(?:a+)+(?!b)$" } as const;
  const grouper = new LineGrouper(rule, { deadlineMs: 20 });
  grouper.push(pieces(["aaa", "b"]), 0);
  const hostile = pieces(["aaa", `${"a".repeat(40)}b`]);
  assert.throws(() => grouper.push(hostile, 0), /'--multiline-start' must not take longer/);
  assert.equal(grouper.flush()?.text, "aaa\nb");
});

Deno.test("LineGrouper is not held up by a pattern that only seems to run away", () => {
  const grouper = new LineGrouper({ kind: "start", pattern: "(a+)+$" });
  const line = `${"a".repeat(5_000)}b`;
  assert.deepEqual(texts(grouper, ["a", line, "a"]), [`a\n${line}`, "a"]);
});

Deno.test("LineGrouper refuses limits under 1", () => {
  assert.throws(() => new LineGrouper(INDENT, { maxLines: 0 }), /'maxLines' .* value is 0$/);
  assert.throws(() => new LineGrouper(INDENT, { maxBytes: NaN }), /'maxBytes' .* value is NaN$/);
});
