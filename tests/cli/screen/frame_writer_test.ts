import assert from "node:assert/strict";
import { CellGrid } from "../../../lib/cli/screen/cell_grid.ts";
import { FrameWriter } from "../../../lib/cli/screen/frame_writer.ts";
import { PLAIN, style, styleSequence } from "../../../lib/cli/screen/style.ts";
import { forSeeds, type Random } from "../../random.ts";
import { VirtualScreen } from "./virtual_screen.ts";

const ABILITIES = { colors: true, unicode: true };

const STYLES = [
  PLAIN,
  style({ fg: "red" }),
  style({ bg: "brightBlue", bold: true }),
  style({ reverse: true }),
  style({ faint: true, underline: true }),
];

/** Characters of each kind: marks, wide ones, emoji, flags, what is never to be sent. */
const CHARACTERS = [
  ..."abcdefgh     ",
  ..."äß漢字語한글👍🇩⚠é",
  "e\u0301",
  "a\u0300\u0301\u0302\u0303\u0304",
  "\u0301",
  "\x1b",
  "\x07",
  "\u202e",
  "\ud800",
  "\u200d",
  "\ue000",
];

function assertShows(screen: VirtualScreen, frame: CellGrid): void {
  for (let row = 0; row < frame.rows; row++) {
    for (let column = 0; column < frame.columns; column++) {
      const shown = screen.at(row, column);
      const styled = styleSequence(frame.styleAt(row, column), true).slice(3, -1).slice(1);
      const place = `row ${row}, column ${column}:\n${screen.text}`;
      assert.equal(shown.text, frame.textAt(row, column), place);
      // The second half of a wide character has the style of the first.
      if (shown.text === "") continue;
      // A cleared cell has no style, and one that looks like it needs none.
      if (shown.text !== " " || /4|7/.test(styled)) assert.equal(shown.style, styled, place);
    }
  }
  assert.deepEqual(screen.cursor, frame.cursor);
}

function scribble(frame: CellGrid, random: Random): void {
  for (let turn = random.int(0, 12); turn > 0; turn--) {
    const row = random.int(-1, frame.rows);
    const column = random.int(-3, frame.columns);
    const text = random.text(CHARACTERS, 0, frame.columns + 4);
    const kind = random.below(5);
    if (kind === 0) frame.fill(row, column, random.int(0, 9), random.pick(STYLES));
    else if (kind === 1) frame.restyle(0, column, 3, () => random.pick(STYLES));
    else frame.put(row, column, text, random.pick(STYLES), random.int(0, frame.columns + 2));
  }
  if (random.chance(0.5)) {
    frame.cursor = { row: random.below(frame.rows), column: random.below(frame.columns) };
  }
}

Deno.test("FrameWriter: after any frames the terminal shows the last one", () =>
  forSeeds(60, (random) => {
    const size = { columns: random.int(1, 30), rows: random.int(1, 6) };
    const screen = new VirtualScreen(size.columns, size.rows);
    const writer = new FrameWriter(ABILITIES);
    let last: CellGrid | undefined;
    for (let turn = 0; turn < 30; turn++) {
      const frame = new CellGrid(size);
      // Most frames resemble the one before.
      if (last !== undefined && random.chance(0.7)) copy(last, frame);
      scribble(frame, random);
      if (random.chance(0.1)) writer.reset();
      screen.write(writer.write(frame));
      assertShows(screen, frame);
      last = frame;
    }
  }));

function copy(from: CellGrid, to: CellGrid): void {
  for (let row = 0; row < from.rows; row++) {
    for (let column = 0; column < from.columns; column++) {
      const text = from.textAt(row, column);
      if (text !== "") to.put(row, column, text, from.styleAt(row, column));
    }
  }
}

Deno.test("FrameWriter sends nothing for an equal frame, and little for a small change", () => {
  const size = { columns: 80, rows: 24 };
  const writer = new FrameWriter(ABILITIES);
  const fill = (last: string) => {
    const frame = new CellGrid(size);
    for (let row = 0; row < 24; row++) frame.put(row, 0, "x".repeat(79) + "y");
    frame.put(11, 40, last);
    return frame;
  };
  assert.ok(writer.write(fill("a")).length > 80 * 24);
  assert.equal(writer.write(fill("a")), "");
  const change = writer.write(fill("b"));
  assert.ok(change.length < 50, JSON.stringify(change));
  assert.ok(change.includes("\x1b[12;41H"), JSON.stringify(change));
});

Deno.test("FrameWriter clears the rest of a row by a sequence", () => {
  const writer = new FrameWriter(ABILITIES);
  const size = { columns: 80, rows: 2 };
  const full = new CellGrid(size);
  full.put(0, 0, "x".repeat(80));
  writer.write(full);
  const short = new CellGrid(size);
  short.put(0, 0, "xxx");
  const output = writer.write(short);
  assert.ok(output.length < 50 && output.includes("\x1b[K"), JSON.stringify(output));
});

Deno.test("FrameWriter without colours keeps the rest of a style; without Unicode it sends ASCII only", () => {
  const writer = new FrameWriter({ colors: false, unicode: false });
  const frame = new CellGrid({ columns: 20, rows: 1 });
  frame.put(0, 0, "ä漢e\u0301x", style({ fg: "red", bg: "blue", bold: true, reverse: true }));
  const output = writer.write(frame);
  assert.ok(output.includes("\x1b[0;1;7m"), JSON.stringify(output));
  assert.doesNotMatch(output, /;(3|4)\d/);
  // deno-lint-ignore no-control-regex -- all of ASCII
  assert.match(output, /^[\x00-\x7f]*$/);
  const screen = new VirtualScreen(20, 1);
  screen.write(output);
  assert.equal(screen.rowText(0), "????x");
});
