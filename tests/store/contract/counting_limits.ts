import assert from "node:assert/strict";
import { CriteriaError } from "../../../lib/event/criteria.ts";
import { PATTERN_DEADLINE_MS } from "../../../lib/event/guarded_matcher.ts";
import { EventStoreError, MAX_BUCKETS, MAX_GROUPS } from "../../../lib/store/store.ts";
import { Random } from "../../random.ts";
import { event, events, find, within } from "../fixtures.ts";
import { countNaively, withoutFigures } from "../naive_counts.ts";
import type { ContractSize, OpenStore } from "../store_contract.ts";
import { failureOf } from "./counting.ts";

/** Nothing but a deadline stops it. */
const RUNAWAY = "(?!x)(a+)+b";
const BAIT = event("bait", { content: `${"a".repeat(60)}!` });

/** Generous: the machines of tests may be slow. */
const PATIENCE_MS = 100 * PATTERN_DEADLINE_MS;

/** What counting does with many events, and with what it must refuse or give up. */
export function testCountingLimits(
  name: string,
  open: OpenStore,
  size: Required<ContractSize>,
): void {
  const count = 0.4 * size.events;

  Deno.test(`${name}.count agrees with what is found of ${count} events`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    const random = new Random(3);
    const sent = Array.from({ length: count }, (_, i) => {
      const late = random.chance(0.05) ? random.below(count) : 0;
      // For some time there is one source and one tag alone.
      const isPlain = i > 0.4 * count && i < 0.8 * count;
      return event(`e${i}`, {
        timestamp: 1e9 + (i - (isPlain ? 0 : late)) / 8,
        source: isPlain ? "plain" : `/var/log/app${i % 5}.log`,
        tags: isPlain ? ["only"] : i % 3 ? ["web", `host${i % 9}`] : [],
        content: `request ${i} took ${random.below(1000)} ms${i % 50 === 0 ? " — slow" : ""}`,
      });
    });
    for (let i = 0; i < count; i += 1700) await store.save(sent.slice(i, i + 1700));
    const { events: all } = await find(store);
    for (
      const criteria of [
        {},
        { start: 1e9 + 100.5, end: 1e9 + 0.095 * count },
        { source: "plain" },
        { source: "/var/log/app3", tags: ["host[78]"] },
        { tags: ["only"] },
        { content: "took 5\\d\\d" },
        { content: "slow" },
      ]
    ) {
      const { events: found } = await find(store, criteria);
      for (
        const options of [
          { interval: 60 },
          { interval: 0.5 },
          { interval: 1e6, by: "source" },
          { by: "tag", interval: 100, top: 3 },
        ] as const
      ) {
        const counts = await store.count(criteria, options);
        const message = `${JSON.stringify(criteria)} ${JSON.stringify(options)}`;
        assert.deepEqual(withoutFigures(counts), countNaively(found, options), message);
      }
    }
    assert.equal(all.length, count);
  });

  Deno.test(`${name}.count refuses too many buckets, and adds up what are too many groups`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    const total = Math.max(MAX_BUCKETS, MAX_GROUPS) + 10;
    const sent = Array.from(
      { length: total },
      (_, i) => event(`e${i}`, { timestamp: i / 128, source: `s${i}` }),
    );
    for (let i = 0; i < total; i += 20_000) await store.save(sent.slice(i, i + 20_000));
    const refused = await failureOf(store, {}, { interval: 1 / 128 });
    assert.ok(refused instanceof RangeError, `${refused}`);
    assert.match(refused.message, /'interval' must not give more than 100000 buckets/);
    const counts = await store.count({ end: 600 }, { interval: 1 / 128, by: "source", top: 5 });
    assert.equal(counts.buckets.length, 600 * 128 + 1);
    const all = await store.count({}, { by: "source", top: 5 });
    assert.deepEqual([all.matched, all.groups.length, all.otherEvents], [total, 5, total - 5]);
  });

  Deno.test(`${name}.count refuses options and patterns, naming them`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    await store.save([event("a")]);
    for (const interval of [0, -1, NaN, Infinity]) {
      const error = await failureOf(store, {}, { interval });
      assert.ok(error instanceof RangeError && /'interval'/.test(error.message), `${error}`);
    }
    for (const top of [-1, 0.5]) {
      const error = await failureOf(store, {}, { top });
      assert.ok(error instanceof RangeError && /'top'/.test(error.message), `${error}`);
    }
    const error = await failureOf(store, { content: "(" });
    assert.ok(error instanceof CriteriaError && error.key === "content", `${error}`);
  });

  Deno.test(`${name}.count rejects with the reason of its signal`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    await store.save([...events("a", 5000), BAIT]);
    const reason = new Error("enough");
    assert.equal(await failureOf(store, {}, { signal: AbortSignal.abort(reason) }), reason);
    for (const criteria of [{ content: "nt" }, { content: RUNAWAY }]) {
      const controller = new AbortController();
      const ended = failureOf(store, criteria, { signal: controller.signal, by: "source" });
      controller.abort(reason);
      assert.equal(await within(PATIENCE_MS, ended, "the abort"), reason);
    }
    const controller = new AbortController();
    const ended = failureOf(store, { content: RUNAWAY }, { signal: controller.signal });
    assert.equal((await store.count({})).matched, 5001);
    controller.abort(reason);
    assert.equal(await within(PATIENCE_MS, ended, "the late abort"), reason);
  });

  Deno.test(`${name}.count stops patterns that run away by a deadline`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    await store.save([BAIT]);
    for (let round = 0; round < 2; round++) {
      const failing = failureOf(store, { content: RUNAWAY }, { interval: 1 });
      const error = await within(PATIENCE_MS, failing, "the pattern");
      assert.ok(error instanceof CriteriaError, `${error}`);
      // Those that are in no block yet, then some that are.
      await store.save(events(`more${round}`, 4000));
    }
    assert.equal((await store.count({ content: "content" })).matched, 8000);
  });

  Deno.test(`${name} closes while it counts`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    await store.save([...events("a", 5000), BAIT]);
    const failing = failureOf(store, { content: RUNAWAY });
    await within(PATIENCE_MS, store[Symbol.asyncDispose](), "closing");
    const error = await within(PATIENCE_MS, failing, "counting");
    assert.ok(error instanceof EventStoreError || error instanceof CriteriaError, `${error}`);
  });
}
