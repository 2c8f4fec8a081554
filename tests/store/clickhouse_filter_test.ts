import assert from "node:assert/strict";
import { compilePattern } from "../../lib/event/pattern.ts";
import { RawEvent } from "../../lib/event/raw_event.ts";
import { MemoryStore } from "../../lib/store/memory/memory_store.ts";
import { toFilter } from "../../lib/store/clickhouse/filter.ts";
import { toRe2 } from "../../lib/store/clickhouse/re2.ts";
import type { Criteria } from "../../lib/event/criteria.ts";
import { PatternMaker } from "../event/pattern_grammar.ts";
import { forSeeds, type Random } from "../random.ts";
import { testServers } from "./clickhouse_fixture.ts";
import { IS_MISSING } from "./clickhouse_server.ts";
import { event, findIds } from "./fixtures.ts";

const servers = testServers(1);

const TEXTS = 120;
const PATTERNS = 60;

Deno.test("toRe2 leaves out what re2 does not have or counts", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["disk", "disk"],
    ["a.c", "a[\\x{0}-\\x{9}\\x{b}-\\x{10ffff}]c"],
    ["(?s)a.c", "a[\\x{0}-\\x{10ffff}]c"],
    ["^a$", "\\Aa"],
    ["\\bdisk\\d+\\b", "disk(?:[0-9\\x{80}-\\x{10ffff}])+"],
    ["(?P<x>a)(?P=x)", "a(?s:.)*"],
    ["a{3,}b?c{0}", "(?:a)+(?:b)?"],
    ["(?!x)(?=y)z", "z"],
    ["(?i)k", "[Kk\\x{212a}]"],
    ["\\.\\|\\(", "\\x{2e}\\x{7c}\\x{28}"],
  ];
  for (const [pattern, expected] of cases) {
    const re2 = toRe2(compilePattern(pattern, "search"));
    assert.equal(re2, `(?:${expected})|[^\\x00-\\x{10FFFF}]`, pattern);
  }
  assert.match(toRe2(compilePattern("a", "match")) ?? "", /^\\A\(\?:a\)\|/);
  assert.match(toRe2(compilePattern("a", "fullmatch")) ?? "", /^\\A\(\?:a\)\\z\|/);
  assert.equal(toRe2(compilePattern("a".repeat(3000), "search")), undefined);
  assert.equal(toRe2(compilePattern(`${"(".repeat(120)}a${")".repeat(120)}`, "search")), undefined);
});

Deno.test("toFilter is exact where only times, arrivals and plain tags are asked for", () => {
  const exact: readonly Criteria[] = [{}, { start: 1, end: 2, since: 3 }, {
    tags: ["web", "eu-1"],
  }];
  for (const criteria of exact) assert.equal(toFilter(criteria).isExact, true);
  const others: readonly Criteria[] = [{ content: "a" }, { id: "a" }, { source: "a" }, {
    tags: ["web|db"],
  }];
  for (const criteria of others) assert.equal(toFilter(criteria).isExact, false);
  assert.deepEqual(toFilter({ content: "(?!x)(a+)+b" }).patterns, []);
  const many = toFilter({ tags: Array.from({ length: 10_000 }, (_, i) => `tag${i}`) });
  assert.equal(many.isExact, false);
  assert.ok(many.patterns.join("").length <= 1 << 16);
});

/** Bytes that are no UTF-8 in some of the contents, and NUL in others. */
function oddEvent(random: Random, id: string, content: string): RawEvent {
  const encoder = new TextEncoder();
  const bytes = encoder.encode(content);
  const odd = new Uint8Array([...bytes, random.pick([0, 0x80, 0xff]), ...bytes]);
  return RawEvent.fromParts(encoder.encode(`id:${id}\ntimestamp: 1\nsource:s\n`), odd);
}

function makeEvents(random: Random): RawEvent[] {
  const maker = new PatternMaker(random);
  return Array.from({ length: TEXTS }, (_, i) => {
    const text = maker.text();
    if (random.chance(0.1)) return oddEvent(random, `odd${i}`, text) as RawEvent;
    const line = text.replaceAll("\n", "") || "x";
    return event(`${line} ${i}`, {
      source: line,
      tags: random.chance(0.3) ? [] : [line.replaceAll(",", ""), "web"],
      content: text,
    }) as RawEvent;
  });
}

/** A pattern that our own rule takes. */
function makePattern(random: Random): string | undefined {
  const pattern = new PatternMaker(random).pattern();
  try {
    return compilePattern(pattern, "search").linear ? pattern : undefined;
  } catch {
    return undefined;
  }
}

Deno.test({
  name: "ClickHouseStore.search excludes nothing by what the server looks for",
  ignore: IS_MISSING,
  async fn() {
    await forSeeds(2, async (random) => {
      await using fixture = await servers.open();
      await using oracle = new MemoryStore();
      const events = makeEvents(random);
      await fixture.store.save(events);
      await oracle.save(events);
      for (let i = 0; i < PATTERNS; i++) {
        const pattern = makePattern(random);
        if (pattern === undefined) continue;
        const criteria: Criteria = random.chance(0.7)
          ? { content: pattern }
          : random.pick([{ id: pattern }, { source: pattern }, { tags: [pattern] }]);
        const [actual, expected] = await Promise.all([
          findIds(fixture.store, criteria),
          findIds(oracle, criteria),
        ]);
        assert.deepEqual(actual, expected, JSON.stringify(criteria));
      }
    });
  },
});

Deno.test({
  name: "ClickHouseStore takes patterns, ids and tags that try to leave their quotes",
  ignore: IS_MISSING,
  async fn() {
    await using fixture = await servers.open();
    const { store } = fixture;
    const hostile = [
      "'",
      "\\",
      "\\'",
      "') OR 1=1 --",
      "`",
      "'; DROP TABLE x",
      "%_",
      "/*",
      "{a:b}",
      "\0",
    ];
    await store.save(hostile.map((id) => event(`x${id}`, { tags: [id], source: id, content: id })));
    for (const text of hostile) {
      const pattern = text.replaceAll(/[\\^$.|?*+()[\]{}]/g, "\\$&");
      const id = `x${text}`;
      assert.deepEqual(await findIds(store, { id: `x${pattern}$` }), [id], text);
      assert.ok((await findIds(store, { content: pattern })).includes(id), text);
      assert.ok((await findIds(store, { source: pattern })).includes(id), text);
      assert.deepEqual(await findIds(store, { tags: [pattern] }), [id], text);
      assert.equal((await store.get(id)).id, id);
    }
    for (const text of hostile) await store.delete(`x${text}`);
    assert.deepEqual(await findIds(store), []);
  },
});
