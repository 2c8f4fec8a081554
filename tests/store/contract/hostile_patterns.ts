import assert from "node:assert/strict";
import { sleep } from "../../../lib/base/backoff.ts";
import { type Criteria, CriteriaError } from "../../../lib/event/criteria.ts";
import { PATTERN_DEADLINE_MS } from "../../../lib/event/guarded_matcher.ts";
import type { EventStore } from "../../../lib/store/store.ts";
import { event, events, find, findIds, within } from "../fixtures.ts";
import type { OpenStore } from "../store_contract.ts";

/** Text on which the patterns below try about 2^60 ways. */
const BAIT = `${"a".repeat(60)}!`;

/** V8's linear engine takes these over, or they are refused: they end, with an answer or an error. */
const TAMED = ["(?i)^(a+)+$", "(?=(a+)+b)", "(a*)*\\1", "^(a|aa)+$", "(?:a*)*b", "(.*a){30}"];

/** Nothing but a deadline stops these. */
const RUNAWAY = ["(?!x)(a+)+b", "^(a|aa)+(?!a)$", "(?!(a+)+b)a", "(!|a)\\1(a+)+b"];

/** Generous: the machines of tests may be slow. */
const PATIENCE_MS = 100 * PATTERN_DEADLINE_MS;

async function fill(store: EventStore): Promise<void> {
  await store.save([
    ...events("calm", 100),
    event(BAIT, { source: BAIT, tags: [BAIT], content: BAIT, timestamp: 50 }),
    event("bait", { content: `\u00e4${BAIT}` }),
  ]);
}

/** A search may fail for its pattern, and for nothing else. */
async function endsInTime(store: EventStore, criteria: Criteria): Promise<"found" | "refused"> {
  const finding = find(store, criteria).then(() => "found" as const, (error) => {
    assert.ok(error instanceof CriteriaError, `${error}`);
    return "refused" as const;
  });
  return await within(PATIENCE_MS, finding, `search for ${JSON.stringify(criteria)}`);
}

/** What patterns that run away must not do. */
export function testHostilePatterns(name: string, open: OpenStore): void {
  Deno.test(`${name}.search ends for each pattern that seems to run away`, async (t) => {
    await using fixture = await open();
    const { store } = fixture;
    await fill(store);
    for (const pattern of TAMED) {
      await t.step(pattern, async () => {
        for (const key of ["content", "id", "source"] as const) {
          await endsInTime(store, { [key]: pattern });
        }
        await endsInTime(store, { tags: [pattern] });
      });
    }
    assert.equal((await findIds(store)).length, 102);
  });

  Deno.test(`${name}.search stops patterns for all keys by a deadline`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    const pattern = "(?!x)(a+)+b";
    await fill(store);
    // Few events are in no block yet, many are.
    assert.equal(await endsInTime(store, { id: pattern }), "refused");
    await store.save(events("more", 5000));
    assert.equal(await endsInTime(store, { source: pattern }), "refused");
    assert.equal(await endsInTime(store, { tags: [pattern] }), "refused");
    assert.equal((await findIds(store)).length, 5102);
  });

  Deno.test(`${name} saves and finds while patterns run away, which a deadline stops`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    await fill(store);
    // A first search of either kind starts its thread, so that the order below is not about that.
    await findIds(store);
    await endsInTime(store, { content: "(?!x)a!" });
    // One after another takes its time, up to the deadline.
    let over = 0;
    const hostile = RUNAWAY.map((content) => endsInTime(store, { content }).finally(() => over++));
    await store.save(events("more", 10));
    assert.equal((await findIds(store, { id: "more" })).length, 10);
    assert.equal((await store.get("more3")).id, "more3");
    assert.equal((await store.stats()).events, 112);
    assert.ok(over < hostile.length, "patterns ran away for longer than all that took");
    assert.deepEqual(await Promise.all(hostile), RUNAWAY.map(() => "refused"));
  });

  Deno.test(`${name} tells when patterns that may run away get their turn`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    await store.save([event("bait", { content: BAIT })]);
    const content = "(?!x)(a+)+b";
    const log: string[] = [];
    const searches = ["first", "second"].map(async (name) => {
      const turn = Promise.withResolvers<void>();
      const onTurn = turn.resolve;
      const search = name === "first"
        ? find(store, { content }, { onTurn })
        : store.count({ content }, { onTurn });
      const ended = assert.rejects(search, CriteriaError).then(() => log.push(`end of ${name}`));
      await turn.promise;
      // The end of the one before was told first and may be on its way; its deadline would be later.
      await sleep(PATTERN_DEADLINE_MS / 2);
      log.push(`turn of ${name}`);
      await ended;
    });
    await within(PATIENCE_MS, Promise.all(searches), "searches");
    const order = log[0] === "turn of first" ? ["first", "second"] : ["second", "first"];
    assert.deepEqual(log, order.flatMap((name) => [`turn of ${name}`, `end of ${name}`]));
  });

  Deno.test(`${name} closes while a pattern runs away`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    await fill(store);
    const finding = find(store, { content: "(?!x)(a+)+b" });
    const ended = assert.rejects(within(PATIENCE_MS, finding, "the search"));
    await store.save([event("more")]);
    await within(PATIENCE_MS, store[Symbol.asyncDispose](), "closing");
    await ended;
  });
}
