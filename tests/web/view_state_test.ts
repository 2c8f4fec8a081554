import assert from "node:assert/strict";
import { asksTheSame, hashOfState, stateFromHash } from "../../lib/web/view_state.js";
import { ALL_TIME } from "../../lib/web/time_range.js";

/** What an address without anything behind `#` stands for. */
const INITIAL_STATE = {
  content: "",
  source: "",
  tags: "",
  range: ALL_TIME,
  zoomedFrom: undefined,
  live: true,
  utc: false,
  event: undefined,
  open: false,
};

Deno.test("stateFromHash reads what hashOfState writes", () => {
  const state = {
    ...INITIAL_STATE,
    content: "a=(b|c)&d#e%20 +ü\u202e",
    source: "web-1$",
    tags: "x,y.*",
    range: { kind: "last" as const, seconds: 900 },
    zoomedFrom: { kind: "all" as const },
    live: false,
    utc: true,
    event: { timestamp: 1795719380.5860001, id: "a~b c" },
    open: true,
  };
  assert.deepEqual(stateFromHash(hashOfState(state)), state);
  assert.deepEqual(stateFromHash(hashOfState(INITIAL_STATE)), INITIAL_STATE);
  assert.equal(hashOfState(INITIAL_STATE), "");
});

Deno.test("stateFromHash takes garbage as the beginning", () => {
  assert.deepEqual(stateFromHash("#range=x&event=~&live=2&zoomed-from=&open=1"), INITIAL_STATE);
  assert.deepEqual(stateFromHash("#event=abc~d&%%%"), INITIAL_STATE);
});

Deno.test("a fixed range is never live", () => {
  assert.equal(stateFromHash("#range=5..7").live, false);
  assert.equal(stateFromHash("#range=5..").live, true);
});

Deno.test("asksTheSame tells whether another search is needed", () => {
  const state = stateFromHash("#content=a");
  assert.equal(asksTheSame(state, { ...state, utc: true, live: false, open: true }), true);
  assert.equal(asksTheSame(state, { ...state, range: { kind: "last", seconds: 60 } }), false);
  assert.equal(asksTheSame(state, { ...state, tags: "x" }), false);
});
