import assert from "node:assert/strict";
import { assertQueryParams, QueryTypeError, Timestamp } from "../../lib/hat/mod.ts";

const ID = { server: 1, session: 2, instance: 3 };

Deno.test("assertQueryParams takes what Hat's queries may hold", () => {
  assertQueryParams({ kind: "latest" });
  assertQueryParams({ kind: "latest", eventTypes: [] });
  assertQueryParams({ kind: "latest", eventTypes: [["*"], ["a", "?"]] });
  assertQueryParams({
    kind: "timeseries",
    eventTypes: [["a", "*"]],
    tFrom: Timestamp.MIN,
    sourceTTo: Timestamp.MAX,
    order: "ascending",
    orderBy: "sourceTimestamp",
    maxResults: 0,
    lastEventId: ID,
  });
  assertQueryParams({ kind: "server", serverId: 1, persisted: true, lastEventId: ID });
});

Deno.test("assertQueryParams names the member that breaks a rule", () => {
  const bad: readonly (readonly [unknown, string, RegExp])[] = [
    [undefined, "TypeError", /'query' must be an object/],
    [{ kind: "newest" }, "TypeError", /'kind' must be latest, timeseries or server: .*newest/],
    [{ kind: "latest", eventTypes: "a" }, "TypeError", /'eventTypes' must be an array/],
    [{ kind: "latest", eventTypes: [["a", 1]] }, "TypeError", /must be a string/],
    [{ kind: "timeseries", tTo: 5 }, "TypeError", /'tTo' must be a Timestamp: .*5/],
    [{ kind: "timeseries", order: "up" }, "TypeError", /'order' must be descending or ascending/],
    [{ kind: "timeseries", orderBy: "id" }, "TypeError", /'orderBy' must be timestamp or/],
    [{ kind: "timeseries", maxResults: 1.5 }, "TypeError", /'maxResults' must be a safe integer/],
    [{ kind: "timeseries", maxResults: -1 }, "RangeError", /'maxResults' must not be negative/],
    [{ kind: "timeseries", lastEventId: { server: 1 } }, "TypeError", /'lastEventId.session'/],
    [{ kind: "server" }, "TypeError", /'serverId' must be a safe integer/],
    [{ kind: "server", serverId: 1, persisted: 1 }, "TypeError", /'persisted' must be a boolean/],
    [{ kind: "server", serverId: 2, lastEventId: ID }, "RangeError", /'lastEventId.server' must/],
  ];
  for (const [params, name, message] of bad) {
    assert.throws(() => assertQueryParams(params), { name, message });
  }
  assert.throws(
    () => assertQueryParams({ kind: "latest", eventTypes: [["*", "a"]] }),
    QueryTypeError,
  );
});
