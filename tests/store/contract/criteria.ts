import assert from "node:assert/strict";
import { type Criteria, CriteriaError } from "../../../lib/event/criteria.ts";
import { event, find, findIds } from "../fixtures.ts";
import type { OpenStore } from "../store_contract.ts";

const STORED = [
  event("app-1", {
    timestamp: 1,
    source: "/var/log/app.log",
    tags: ["web", "eu"],
    content: "GET / 200",
  }),
  event("app-2", {
    timestamp: 2.5,
    source: "/var/log/app.log",
    tags: ["web"],
    content: "Error: disk\nfull",
  }),
  event("db-1", {
    timestamp: 2.5,
    source: "/var/log/db.log",
    tags: ["db", "eu"],
    content: "ERROR äöü",
  }),
  event("db-2", { timestamp: 4, source: "", tags: [], content: "" }),
  event("Ünit", { timestamp: 5, source: "сервер", tags: ["日本"], content: "температура 21.5 °C" }),
];

const ALL = ["app-1", "app-2", "db-1", "db-2", "Ünit"];

const CASES: readonly (readonly [string, Criteria, readonly string[]])[] = [
  ["everything without criteria", {}, ALL],
  ["from start on, inclusive", { start: 2.5 }, ALL.slice(1)],
  ["from a start between two events", { start: 2.4999999 }, ALL.slice(1)],
  ["after a fractional start", { start: 2.5000001 }, ALL.slice(3)],
  ["until end, inclusive", { end: 2.5 }, ALL.slice(0, 3)],
  ["until a fractional end", { end: 2.4999999 }, ["app-1"]],
  ["between integers", { start: 2, end: 4 }, ALL.slice(1, 4)],
  ["one moment", { start: 4, end: 4 }, ["db-2"]],
  ["nothing when start is after end", { start: 4, end: 3 }, []],
  ["everything with an end of 0, which is open", { end: 0 }, ALL],
  ["everything from a start of 0", { start: 0 }, ALL],
  ["ids matched at their start", { id: "app" }, ["app-1", "app-2"]],
  ["no id matched in its middle", { id: "1" }, []],
  ["ids matched to their end", { id: "app-[12]$" }, ["app-1", "app-2"]],
  ["a non-ASCII id", { id: "Ü" }, ["Ünit"]],
  ["sources matched at their start", { source: "/var/log/d" }, ["db-1"]],
  ["no source matched in its middle", { source: "log" }, []],
  ["sources by any prefix", { source: ".*log" }, ["app-1", "app-2", "db-1"]],
  ["an empty source by anchor", { source: "$" }, ["db-2"]],
  ["a non-ASCII source", { source: "с\\w+р$" }, ["Ünit"]],
  ["everything for empty patterns", { id: "", source: "", content: "" }, ALL],
  ["content searched anywhere", { content: "disk" }, ["app-2"]],
  ["content case-insensitively", { content: "(?i)error" }, ["app-2", "db-1"]],
  ["content by its start", { content: "^[GE]" }, ["app-1", "app-2", "db-1"]],
  ["content by its end only", { content: "disk$" }, []],
  ["content by the end of a line", { content: "(?m)disk$" }, ["app-2"]],
  ["content by the end", { content: "full$" }, ["app-2"]],
  ["no content over the border of two events", { content: "200\\nError" }, []],
  ["non-ASCII content", { content: "ä.ü" }, ["db-1"]],
  ["content by Unicode letters", { content: "\\w{11} \\d" }, ["Ünit"]],
  ["empty content by anchors", { content: "^$" }, ["db-2"]],
  ["content by Python's named groups", { content: "(?P<zero>0)(?P=zero)" }, ["app-1"]],
  ["events with a tag", { tags: ["eu"] }, ["app-1", "db-1"]],
  ["events with all tags", { tags: ["eu", "web"] }, ["app-1"]],
  ["events by whole tags only", { tags: ["e"] }, []],
  ["events by tag patterns", { tags: [".*"] }, ALL],
  ["events by tag alternatives", { tags: ["web|db", "e."] }, ["app-1", "db-1"]],
  ["a non-ASCII tag", { tags: ["日."] }, ["Ünit"]],
  ["events without tags by the empty tag", { tags: [""] }, ["db-2"]],
  ["everything for no tags", { tags: [] }, ALL],
  [
    "all criteria together",
    { id: "a", source: "/", start: 1, end: 2, tags: ["eu"], content: "0+" },
    ["app-1"],
  ],
  ["at most limit events", { limit: 2 }, ALL.slice(0, 2)],
  ["nothing for a limit of 0", { limit: 0 }, []],
  ["everything for a limit beyond", { limit: 100 }, ALL],
  ["the newest for limit and desc", { limit: 2, order: "desc" }, ["Ünit", "db-2"]],
  ["limit events that match", { limit: 1, content: "(?i)error" }, ["app-2"]],
];

/** Which events criteria choose. */
export function testCriteria(name: string, open: OpenStore): void {
  Deno.test(`${name}.search finds`, async (t) => {
    await using fixture = await open();
    const { store } = fixture;
    await store.save(STORED);
    for (const [what, criteria, expected] of CASES) {
      await t.step(what, async () => {
        assert.deepEqual(await findIds(store, criteria), expected);
        const { order, limit } = criteria;
        if (order !== undefined || limit !== undefined) return;
        const descending = await findIds(store, { ...criteria, order: "desc" });
        assert.deepEqual(descending, expected.toReversed());
      });
    }
  });

  Deno.test(`${name}.search finds only what arrived after since`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    for (const item of STORED.toReversed()) await store.save([item]);
    const { ids, arrivals } = await find(store);
    for (const since of arrivals) {
      const later = ids.filter((_, i) => (arrivals[i] ?? 0) > since);
      assert.deepEqual(await findIds(store, { since }), later);
    }
    assert.deepEqual(await findIds(store, { since: 0 }), ids);
    assert.deepEqual(await findIds(store, { since: store.cursor }), []);
    assert.deepEqual(await findIds(store, { since: store.cursor + 1000 }), []);
  });

  Deno.test(`${name}.search rejects with the construct of a refused pattern`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    await store.save(STORED);
    const refused: readonly (readonly [Criteria, string, RegExp])[] = [
      [{ content: "(a" }, "content", /content.*unterminated subpattern/],
      [{ id: "[a" }, "id", /id.*character set/],
      [{ source: "*" }, "source", /source.*nothing to repeat/],
      [{ tags: ["fine", "(?P<a"] }, "tags", /tags.*name/],
      [{ content: "(a)?(?(1)b|c)" }, "content", /content.*chooses by whether a group took part/],
      [{ content: "(a*)*\\1" }, "content", /content.*group 1 stands in a repetition/],
    ];
    for (const [criteria, key, message] of refused) {
      await assert.rejects(find(store, criteria), (error) => {
        assert.ok(error instanceof CriteriaError, `${error}`);
        assert.equal(error.key, key);
        assert.match(error.message, message);
        return true;
      });
    }
    assert.equal((await findIds(store)).length, STORED.length);
  });
}
