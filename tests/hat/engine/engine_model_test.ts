import assert from "node:assert/strict";
import type { Module, ProcessResult } from "../../../lib/hat/engine/module.ts";
import { matchesQueryType } from "../../../lib/hat/event_type.ts";
import { forSeeds, type Random } from "../../random.ts";
import { CLIENT, describe, EngineFixture, init } from "./engine_fixture.ts";

const SEGMENTS = ["a", "b", "c"];

/** A module as plain data: what it sees, and what it answers to each type. */
interface Rule {
  readonly queryTypes: readonly (readonly string[])[];
  readonly answers: ReadonlyMap<string, readonly string[]>;
  readonly form: "array" | "generator" | "promise" | "async generator" | "promise of one";
  /** The type at which it throws. */
  readonly fault: string | undefined;
}

/** Types whose last segment counts down, so that answers come to an end. */
function randomType(random: Random, level: number): string {
  const path = Array.from({ length: random.int(0, 2) }, () => random.pick(SEGMENTS));
  return [...path, String(level)].join("/");
}

function randomRule(random: Random): Rule {
  const queryTypes = Array.from({ length: random.int(0, 3) }, () => {
    const path = Array.from({ length: random.int(0, 2) }, () => random.pick([...SEGMENTS, "?"]));
    return random.chance(0.7) ? [...path, "*"] : [...path, random.pick(["0", "1", "2", "?"])];
  });
  const answers = new Map<string, readonly string[]>();
  for (let i = 0; i < 40; i++) {
    const level = random.int(1, 3);
    const made = Array.from({ length: random.int(0, 3) }, () => randomType(random, level - 1));
    answers.set(randomType(random, level), made);
  }
  const forms = ["array", "generator", "promise", "async generator", "promise of one"] as const;
  const fault = random.chance(0.15) ? randomType(random, random.int(0, 3)) : undefined;
  return { queryTypes, answers, form: random.pick(forms), fault };
}

function toModule(rule: Rule, index: number, log: string[]): Module {
  return {
    subscription: rule.queryTypes,
    onSessionStart: (id) => void log.push(`${index} start ${id}`),
    onSessionStop: (id) => void log.push(`${index} stop ${id}`),
    process(source, event): ProcessResult {
      const type = event.type.join("/");
      log.push(`${index} ${source.type}:${source.id} ${describe(event)}`);
      if (type === rule.fault) throw new Error("fault");
      return inForm(rule.form, (rule.answers.get(type) ?? []).map(init));
    },
  };
}

function inForm<T>(form: Rule["form"], events: readonly T[]) {
  switch (form) {
    case "array":
      return events;
    case "promise":
      return Promise.resolve(events);
    case "generator":
      return (function* () {
        yield* events;
      })();
    default: {
      const generator = (async function* () {
        for (const event of events) yield await Promise.resolve(event);
      })();
      return form === "async generator" ? generator : Promise.resolve(generator);
    }
  }
}

/** What must come of a session, by the words of the protocol. */
interface Expected {
  readonly log: readonly string[];
  readonly events: readonly string[] | undefined;
}

function expect(rules: readonly Rule[], session: number, requested: readonly string[]): Expected {
  const log = rules.map((_, index) => `${index} start ${session}`);
  const stops = rules.map((_, index) => `${index} stop ${session}`);
  const events = requested.map((type) => ({ maker: `${CLIENT.type}:${CLIENT.id}`, type }));
  for (let from = 0; from < events.length;) {
    const to = events.length;
    for (const [index, rule] of rules.entries()) {
      for (let i = from; i < to; i++) {
        const { maker, type } = events[i] ?? { maker: "", type: "" };
        const path = type.split("/");
        if (!rule.queryTypes.some((query) => matchesQueryType(path, query))) continue;
        log.push(`${index} ${maker} ${session}.${i + 1} ${type}`);
        if (type === rule.fault) return { log: [...log, ...stops], events: undefined };
        const made = rule.answers.get(type) ?? [];
        events.push(...made.map((type) => ({ maker: `module:${index}`, type })));
      }
    }
    from = to;
  }
  return {
    log: [...log, ...stops],
    events: events.map(({ type }, i) => `${session}.${i + 1} ${type}`),
  };
}

Deno.test("SessionEngine calls random modules and registers what they make as the model says", async () => {
  let failed = 0;
  let added = 0;
  await forSeeds(60, async (random) => {
    const log: string[] = [];
    const rules = Array.from({ length: random.int(0, 5) }, () => randomRule(random));
    await using fixture = await EngineFixture.start(
      rules.map((rule, index) => toModule(rule, index, log)),
    );
    const { backend } = fixture;
    for (let session = 2; session < 12; session++) {
      log.length = 0;
      const before = backend.sessions.length;
      const requested = Array.from(
        { length: random.int(1, 4) },
        () => randomType(random, random.int(0, 3)),
      );
      const expected = expect(rules, session, requested);
      const answer = await fixture.register(...requested);
      assert.deepEqual(log, expected.log);
      assert.deepEqual(answer, expected.events?.slice(0, requested.length));
      const registered = backend.sessions.slice(before).map((events) => events.map(describe));
      assert.deepEqual(registered, expected.events === undefined ? [] : [expected.events]);
      if (expected.events === undefined) failed++;
      else added += expected.events.length - requested.length;
    }
  });
  if (!Deno.env.has("THEIA_SEED")) {
    assert(failed > 0 && added > 0, "all kinds of sessions occurred");
  }
});
