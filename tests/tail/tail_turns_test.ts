import assert from "node:assert/strict";
import type { Tailer } from "../../lib/tail/tailer.ts";
import { TailTurns } from "../../lib/tail/tail_turns.ts";

const QUIET_MS = 3000;
const TICK_MS = 250;

/** What turns know of a path. */
interface FakePath {
  looks: number;
  isQuiet: boolean;
  gone: boolean;
  isLet: boolean;
}

/** Paths that have nothing, and the looks at them. */
function makePaths(turns: TailTurns, names: readonly string[]): Map<string, FakePath> {
  return new Map(names.map((name) => {
    const path = { looks: 0, isQuiet: true, gone: false, isLet: false };
    const tailer = Object.assign(path, {
      read() {
        path.looks++;
        return { more: false };
      },
      [Symbol.dispose]() {
        path.isLet = true;
      },
    });
    // Turns know nothing else of it.
    turns.add(name, () => tailer as unknown as Tailer);
    return [name, path];
  }));
}

function settle(turns: TailTurns): void {
  while (turns.step().kind !== "idle");
}

function at(paths: Map<string, FakePath>, name: string): FakePath {
  const path = paths.get(name);
  assert.ok(path);
  return path;
}

Deno.test("TailTurns looks at lively paths each time, at quiet ones at least every four and a half seconds", () => {
  using turns = new TailTurns({ room: 100 });
  const names = Array.from({ length: 300 }, (_, i) => `${i}`);
  const paths = makePaths(turns, names);
  at(paths, "7").isQuiet = false;
  let now = 1_000_000;
  const lastLooks = new Map<string, number>();
  let looks = 0;
  const TICKS = 100;
  for (let tick = 0; tick < TICKS; tick++, now += TICK_MS) {
    turns.callDue(now, QUIET_MS);
    settle(turns);
    for (const [name, path] of paths) {
      if (path.looks > 0) lastLooks.set(name, now);
      looks += name === "7" ? 0 : path.looks;
      if (name === "7") assert.equal(path.looks, 1);
      path.looks = 0;
      assert.ok(now - (lastLooks.get(name) ?? 0) <= QUIET_MS * 1.5 + TICK_MS, name);
    }
  }
  const expected = 299 * TICKS * TICK_MS / QUIET_MS;
  assert.ok(looks < 1.3 * expected, `${looks} looks, about ${expected} are enough`);
});

Deno.test("TailTurns looks each time at a path that was quiet and is not after a hint", () => {
  using turns = new TailTurns({ room: 100 });
  const paths = makePaths(turns, ["a", "b"]);
  turns.callDue(0, QUIET_MS);
  settle(turns);
  const a = at(paths, "a");
  const before = at(paths, "b").looks;
  a.isQuiet = false;
  turns.call("a");
  settle(turns);
  a.looks = 0;
  for (let now = TICK_MS; now <= 4 * TICK_MS; now += TICK_MS) {
    turns.callDue(now, QUIET_MS);
    settle(turns);
  }
  assert.equal(a.looks, 4);
  assert.equal(at(paths, "b").looks, before);
});

Deno.test("TailTurns looks at quiet paths again soon after the clock was set back", () => {
  using turns = new TailTurns({ room: 100 });
  const paths = makePaths(turns, ["a"]);
  const HOUR = 3_600_000;
  turns.callDue(2 * HOUR, QUIET_MS);
  settle(turns);
  const a = at(paths, "a");
  a.looks = 0;
  for (let now = HOUR; now < HOUR + 2 * QUIET_MS; now += TICK_MS) {
    turns.callDue(now, QUIET_MS);
    settle(turns);
  }
  assert.ok(a.looks >= 2);
});

Deno.test("TailTurns tells once of paths that are gone, and looks at what is let go no more", () => {
  using turns = new TailTurns({ room: 100 });
  const paths = makePaths(turns, ["a", "b", "c"]);
  at(paths, "a").gone = true;
  at(paths, "c").gone = true;
  settle(turns);
  at(paths, "c").gone = false;
  assert.deepEqual(turns.takeGone(), ["a"]);
  assert.deepEqual(turns.takeGone(), []);
  turns.remove("a");
  const a = at(paths, "a");
  assert.ok(a.isLet);
  const { looks } = a;
  for (let now = 0; now < 3 * QUIET_MS; now += TICK_MS) {
    turns.callDue(now, QUIET_MS);
    settle(turns);
  }
  assert.equal(a.looks, looks);
});
