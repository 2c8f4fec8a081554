import assert from "node:assert/strict";
import { takeInput } from "../../../lib/cli/tau/actions.ts";
import { EffectRunner } from "../../../lib/cli/tau/effect_runner.ts";
import { eventKey } from "../../../lib/cli/tau/event_window.ts";
import { Model } from "../../../lib/cli/tau/model.ts";
import { takeReport } from "../../../lib/cli/tau/reports.ts";
import { draw } from "../../../lib/cli/tau/draw.ts";
import { CellGrid } from "../../../lib/cli/screen/cell_grid.ts";
import { createEvent, type Event } from "../../../lib/event/event.ts";
import type { InputEvent } from "../../../lib/cli/screen/input_event.ts";
import { until } from "../../e2e/until.ts";
import { forSeeds, type Random } from "../../random.ts";
import { StoreFinder } from "./store_finder.ts";

const LIMITS = { pageEvents: 7, maxEvents: 40, maxWaiting: 12 };

/** Keys that move in the list, and those that change what it shows. */
const KEYS: readonly InputEvent[] = [
  ...["up", "down", "pageup", "pageup", "pagedown", "pagedown", "home", "end"].map((key) =>
    ({ kind: "key", key }) as InputEvent
  ),
  ...["j", "k", "G", "g", " ", "c", "m", "'", "]", "["].map((text) =>
    ({ kind: "text", text }) as InputEvent
  ),
  { kind: "key", key: "escape" },
  { kind: "mouse", action: "wheelup", row: 5, column: 5 },
  { kind: "mouse", action: "wheeldown", row: 5, column: 5 },
  { kind: "mouse", action: "press", row: 3, column: 20 },
];

/** Times with many events at each, in any order. */
function makeEvents(random: Random, count: number): Event[] {
  return Array.from({ length: count }, () =>
    createEvent({
      id: random.text("abcdef0123456789", 8, 8),
      timestamp: 1000 + random.int(0, 30) * (random.chance(0.8) ? 1 : 0.25),
      source: random.pick("xy"),
      content: random.pick(["good", "bad"]),
    }));
}

/** Batches of searches between which events arrive. */
const MAX_PUSHES = 150;

class Run implements AsyncDisposable {
  readonly finder = new StoreFinder();
  readonly model: Model;
  readonly #runner: EffectRunner;
  #pending = 0;

  constructor(readonly random: Random) {
    const size = { columns: 60, rows: random.int(4, 20) };
    const criteria = random.chance(0.5) ? { content: "good" } : {};
    this.model = new Model({ size, address: "", criteria, now: () => 0, limits: LIMITS });
    this.finder.batchEvents = random.int(1, 9);
    // Events also arrive between any two batches of a search, but not so many that it never ends.
    let pushes = 0;
    this.finder.beforeBatch = async () => {
      if (pushes < MAX_PUSHES && this.random.chance(0.3)) await this.push();
      pushes++;
    };
    this.#runner = new EffectRunner({
      finder: this.finder,
      now: () => 0,
      screen: { copy() {}, redraw() {}, suspend() {}, quit() {} },
      report: (report) => {
        takeReport(this.model, report);
        this.drain();
      },
    });
  }

  async push(): Promise<void> {
    this.#pending++;
    await this.finder.push(makeEvents(this.random, this.random.int(1, 5)));
    this.#pending--;
  }

  drain(): void {
    for (const effect of this.model.takeEffects()) this.#runner.run(effect);
  }

  act(): void {
    takeInput(this.model, this.random.pick(KEYS));
    if (this.random.chance(0.1)) {
      const at = 1000 + this.random.int(-2, 33);
      this.model.scope.pages.toTime(at);
    }
    this.drain();
  }

  async settle(): Promise<void> {
    const { model, finder } = this;
    await until("all loads to end", () => {
      this.drain();
      return !model.scope.isLoading && this.#pending === 0 && finder.isIdle;
    }, 10_000);
  }

  /** What is held is a part without gaps of what a search finds, in its order. */
  async check(): Promise<void> {
    const { scope } = this.model;
    const { window } = scope.list;
    const all: string[] = [];
    for await (const { events } of this.finder.store.search(scope.criteria)) {
      all.push(...events.map(eventKey));
    }
    const held = Array.from({ length: window.length }, (_, i) => eventKey(window.at(i)!));
    const start = held.length === 0 ? 0 : all.indexOf(held[0]!);
    const state = `mode ${scope.list.mode}, older ${window.hasOlder}, newer ${window.hasNewer}`;
    assert.deepEqual(held, all.slice(start, start + held.length), state);
    if (!window.hasOlder) assert.equal(start, 0, state);
    if (!window.hasNewer) assert.equal(start + held.length, all.length, state);
    if (held.length === 0) assert.equal(all.length, 0, state);
    if (scope.list.mode === "following") {
      assert.ok(!window.hasNewer && scope.list.selected === Math.max(0, held.length - 1), state);
    }
    const grid = new CellGrid(this.model.size);
    draw(grid, this.model, { unicode: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#runner[Symbol.asyncDispose]();
    await this.finder[Symbol.asyncDispose]();
  }
}

Deno.test("tau holds what a search finds, without gaps, each once, whatever arrives and is pressed", () =>
  forSeeds(15, async (random) => {
    await using run = new Run(random);
    await run.finder.push(makeEvents(random, random.int(0, 150)));
    run.drain();
    for (let turn = 0; turn < 40; turn++) {
      for (let acts = random.int(0, 3); acts > 0; acts--) run.act();
      if (random.chance(0.5)) await run.push();
      if (random.chance(0.6)) {
        await run.settle();
        await run.check();
      }
    }
    await run.settle();
    await run.check();
  }));
