import assert from "node:assert/strict";
import { CellGrid } from "../../../lib/cli/screen/cell_grid.ts";
import { FrameWriter } from "../../../lib/cli/screen/frame_writer.ts";
import type { InputEvent } from "../../../lib/cli/screen/input_event.ts";
import { takeInput } from "../../../lib/cli/tau/actions.ts";
import { draw } from "../../../lib/cli/tau/draw.ts";
import { headOf } from "../../../lib/cli/tau/event_head.ts";
import { Highlighter } from "../../../lib/cli/tau/highlighter.ts";
import { Model } from "../../../lib/cli/tau/model.ts";
import { takeReport } from "../../../lib/cli/tau/reports.ts";
import { createEvent } from "../../../lib/event/event.ts";
import { RawEvent } from "../../../lib/event/raw_event.ts";
import { toRawEvent } from "../../../lib/event/text_format.ts";
import { forSeeds, type Random } from "../../random.ts";
import { VirtualScreen } from "../screen/virtual_screen.ts";
import { KEY, TauSession } from "./tau_session.ts";

/** What terminals obey, what hides, what is wide, what is no character. */
const HOSTILE = [
  ..."ab \t\r\n\0\x07\x08\x1b\x7f",
  ...["\x1b[2J", "\x1b]0;x\x07", "\x1bP", "\x9b31m", "\x1b[?1049l", "\x1b[201~"],
  ...["\u202e", "\u2066", "\u200b", "\u200d", "\u2028", "\ufeff", "\u{e0041}", "\u061c"],
  ...[
    "漢",
    "👍",
    "🇩🇪",
    "👩‍👩‍👧",
    "e\u0301",
    "\u0301\u0302\u0303\u0304\u0305",
    "\ue000",
    "\u0378",
    "שלום",
  ],
];

const KEYS: readonly InputEvent[] = [
  ...[
    "up",
    "down",
    "pageup",
    "pagedown",
    "home",
    "end",
    "enter",
    "escape",
    "left",
    "right",
    "backspace",
  ]
    .map((key) => ({ kind: "key", key }) as InputEvent),
  ..."jkgG/:t cm'seEyw][x?q+%1".split("").map((text) => ({ kind: "text", text }) as InputEvent),
  ...["wheelup", "wheeldown", "press", "release"].map((action) =>
    ({ kind: "mouse", action, row: 7, column: 9 }) as InputEvent
  ),
  { kind: "paste", text: HOSTILE.join("") },
  ..."acduzl".split("").map((letter) => ({ kind: "ctrl", letter }) as InputEvent),
];

function hostileEvent(random: Random): RawEvent {
  const line = () => random.text(HOSTILE, 0, 12).replaceAll("\n", "");
  return toRawEvent(createEvent({
    id: `id${line()}`,
    timestamp: random.pick([0, -1e9, 1e18, 1_700_000_000, 1_700_000_000.5, 253_402_300_800]),
    source: line(),
    tags: [line().replaceAll(",", "")],
    headers: [`x: ${line()}`],
    content: random.text(HOSTILE, 0, 300),
  }));
}

/** Does what a collector would, without one. */
function answer(model: Model, random: Random): void {
  for (const effect of model.takeEffects()) {
    if (effect.kind === "follow") takeReport(model, { kind: "following", scope: effect.scope });
    if (effect.kind === "load") {
      const events = Array.from({ length: random.int(0, 6) }, () => hostileEvent(random))
        .sort((a, b) => a.timestamp - b.timestamp);
      if (effect.request.direction === "older") events.reverse();
      takeReport(model, { kind: "found", load: effect.load, events });
      takeReport(model, { kind: "loaded", load: effect.load, isEnd: random.chance(0.7) });
    }
    if (effect.kind === "count") {
      const counts = Array.from({ length: random.int(0, 200) }, () => random.int(0, 9));
      const data = { start: 1_699_999_000, interval: random.pick([0.1, 10, 86_400]), counts };
      takeReport(model, { kind: "counted", scope: effect.scope, data });
    }
    if (effect.kind === "save") {
      takeReport(model, { kind: "saveExists", path: effect.path, saved: effect.saved });
    }
  }
}

Deno.test("tau draws any events on any screen after any keys, and sends nothing that is obeyed", () =>
  forSeeds(20, (random) => {
    let nowMs = 1_700_000_000_000;
    const size = () => ({ columns: random.int(1, 130), rows: random.int(1, 40) });
    const model = new Model({ size: size(), address: "ws://x", now: () => nowMs });
    for (let turn = 0; turn < 60; turn++) {
      nowMs += random.int(0, 3000);
      takeInput(model, random.pick(KEYS));
      answer(model, random);
      if (random.chance(0.2)) {
        const events = [hostileEvent(random), hostileEvent(random)];
        takeReport(model, { kind: "arrived", scope: model.scope.id, events });
      }
      if (random.chance(0.1)) {
        const reason = random.text(HOSTILE, 0, 40);
        takeReport(model, {
          kind: "connection",
          state: { kind: "lost", reason, retryAtMs: nowMs + 900 },
        });
      }
      if (random.chance(0.2)) model.resize(size());
      model.tick();
      const { columns, rows } = model.size;
      const grid = new CellGrid(model.size);
      const unicode = random.chance(0.8);
      draw(grid, model, { unicode });
      // It fails at whatever it does not expect.
      new VirtualScreen(columns, rows).write(
        new FrameWriter({ colors: true, unicode }).write(grid),
      );
    }
  }));

Deno.test("tau looks at the beginning of a content of a megabyte only, and once", async () => {
  const content = `ERROR ${"long ".repeat(200_000)}`;
  let decoded = 0;
  class CountingEvent extends RawEvent {
    override get content(): string {
      decoded++;
      return super.content;
    }
  }
  const { buffer, ...span } = toRawEvent(createEvent({ timestamp: 1, content }));
  const event = new CountingEvent(buffer, span);
  assert.equal(headOf(event).text.length, 4096);
  assert.equal(headOf(event).level, "error");
  assert.equal(headOf(event), headOf(event));
  const model = new Model({ size: { columns: 80, rows: 24 }, address: "", now: () => 0 });
  answer(model, { int: () => 0, chance: () => true, pick: () => 1 } as unknown as Random);
  takeReport(model, { kind: "arrived", scope: model.scope.id, events: [event] });
  for (let frame = 0; frame < 100; frame++) {
    draw(new CellGrid(model.size), model, { unicode: true });
  }
  assert.equal(decoded, 0);
  await using session = await TauSession.start({
    events: [createEvent({ content: `${content}end` })],
  });
  await session.shows("ERROR long");
  session.type(KEY.enter, "G");
  await session.shows(/long end\n/);
  session.type(KEY.home);
  await session.shows("1000009 bytes");
});

Deno.test("Highlighter finds matches, and gives a pattern up that takes too long", () => {
  assert.deepEqual(new Highlighter("(?i)b+|d").spans("abBcd"), [[1, 3], [4, 5]]);
  assert.deepEqual(new Highlighter("x*").spans("axxb"), [[1, 3]]);
  assert.deepEqual(new Highlighter(undefined).spans("a"), []);
  const hostile = new Highlighter(String.raw`(?=(a+)+$)b|(a+)+\b\B$`);
  assert.ok(hostile.isActive);
  assert.deepEqual(hostile.spans(`${"a".repeat(4000)}!`), []);
  assert.ok(!hostile.isActive);
});
