import assert from "node:assert/strict";
import {
  type Backend,
  type EventId,
  EventPayloadBinary,
  EventPayloadJson,
  type EventType,
  type HatEvent,
  type QueryParams,
  Timestamp,
} from "../../../lib/hat/mod.ts";
import { HAS_SHARED, readVectors } from "../../shared_data.ts";
import { idText, type OpenFixture } from "./fixtures.ts";
import { memoryFixture, sqliteFixture } from "./opened_backends.ts";

interface Choice<T> {
  readonly $choice: readonly [string, T];
}

interface WireTimestamp {
  readonly s: number | { readonly $int: string };
  readonly us: number;
}

interface WireEvent {
  readonly id: EventId;
  readonly type: EventType;
  readonly timestamp: WireTimestamp;
  readonly sourceTimestamp: Choice<WireTimestamp>;
  readonly payload: Choice<
    Choice<string | { readonly type: string; readonly data: { $hex: string } }>
  >;
}

interface Answer {
  readonly ids?: readonly (readonly [number, number, number])[];
  readonly more_follows?: boolean;
  readonly error?: string;
}

interface Query {
  readonly query: { readonly kind: QueryParams["kind"]; readonly params: Record<string, unknown> };
  readonly results: Readonly<Record<string, Answer>>;
  /** The answer by hat-event's documents, where a timeseries is cut to 40 results. */
  readonly by_docs_with_cap_40?: Answer;
}

interface Vectors {
  readonly backend_query: {
    readonly timeseries_max_results: number;
    readonly sessions: readonly (readonly { readonly sbs: WireEvent }[])[];
    readonly queries: readonly Query[];
  };
}

for (
  const [name, open] of [["MemoryBackend", memoryFixture], [
    "SqliteBackend",
    sqliteFixture,
  ]] as const
) {
  Deno.test({
    name: `${name} answers hat-event's queries${HAS_SHARED ? "" : " (skipped: no shared vectors)"}`,
    ignore: !HAS_SHARED,
    fn: () => testVectors(open),
  });
}

async function testVectors(open: OpenFixture): Promise<void> {
  const { backend_query: vectors } = readVectors<Vectors>("hat-backend-query.json");
  await using fixture = await open({ maxResults: vectors.timeseries_max_results });
  await using unlimited = await open({ maxResults: 1e6 });
  const known = new Set<string>();
  for (const session of vectors.sessions) {
    const events = session.map(({ sbs }) => eventOf(sbs));
    for (const event of events) known.add(idText(event));
    await fixture.backend.register(events);
    await unlimited.backend.register(events);
  }
  for (const answers of ["lmdb_unflushed", "lmdb_flushed"]) {
    let answered = 0;
    for (const query of vectors.queries) {
      if (await isAnswered(fixture.backend, unlimited.backend, query, answers, known)) answered++;
    }
    assert.ok(answered > vectors.queries.length * 0.9, `only ${answered} queries were compared`);
    await fixture.backend.flush();
    await unlimited.backend.flush();
  }
}

/**
 * Compares the answer to a query with the documented one. The file has not all of the events that were
 * there when it was made: those it lacks are taken out of the answers, and how much is cut off is not
 * compared then.
 */
async function isAnswered(
  backend: Backend,
  unlimited: Backend,
  query: Query,
  answers: string,
  known: ReadonlySet<string>,
): Promise<boolean> {
  const params = paramsOf(query);
  const expected = query.by_docs_with_cap_40 ?? query.results[answers];
  if (expected === undefined) return false;
  const what = JSON.stringify(query.query);
  if (expected.error !== undefined) {
    await assert.rejects(backend.query(params), RangeError, what);
    return true;
  }
  const ids = (expected.ids ?? []).map((id) => id.join("/"));
  const last = "lastEventId" in params ? params.lastEventId : undefined;
  if (params.kind === "timeseries" && last !== undefined && ids.length > 0) {
    if (!known.has(`${last.server}/${last.session}/${last.instance}`)) return false;
  }
  const kept = ids.filter((id) => known.has(id));
  if (params.kind === "latest") {
    const found = (await backend.query(params)).events.map(idText);
    const others = found.filter((id) => !kept.includes(id));
    assert.deepEqual(found.filter((id) => kept.includes(id)).sort(), kept.sort(), what);
    // In place of each event that the file lacks, an earlier one of its type may be the latest.
    assert.ok(others.length <= ids.length - kept.length, `${others} are found by ${what}`);
    return true;
  }
  const all = (await unlimited.query({ ...params, maxResults: undefined })).events.map(idText);
  assert.deepEqual(all.slice(0, kept.length), kept, what);
  if (expected.more_follows === false) assert.equal(all.length, kept.length, what);
  const { events, moreFollows } = await backend.query(params);
  const limit = Math.min(params.maxResults ?? 40, 40);
  assert.deepEqual(events.map(idText), all.slice(0, limit), what);
  assert.equal(moreFollows, all.length > limit, what);
  if (params.maxResults === 0) assert.equal(moreFollows, expected.more_follows, what);
  return true;
}

function paramsOf({ query: { kind, params } }: Query): QueryParams {
  const plain = Object.entries(params).map(([name, value]) => {
    if (name === "order" || name === "orderBy") return [name, (value as Choice<null>).$choice[0]];
    const optional = isChoice(value) ? optionOf(value) : value;
    const isTime = /^(sourceT|t)(From|To)$/.test(name) && optional !== undefined;
    return [name, isTime ? timestampOf(optional as WireTimestamp) : optional];
  });
  return { kind, ...Object.fromEntries(plain) } as QueryParams;
}

function eventOf(event: WireEvent): HatEvent {
  const source = optionOf(event.sourceTimestamp);
  const payload = optionOf(event.payload)?.$choice[1];
  return {
    id: event.id,
    type: event.type,
    timestamp: timestampOf(event.timestamp),
    sourceTimestamp: source === undefined ? undefined : timestampOf(source),
    payload: payload === undefined
      ? undefined
      : typeof payload === "string"
      ? EventPayloadJson.fromText(payload)
      : new EventPayloadBinary(payload.type, Uint8Array.fromHex(payload.data.$hex)),
  };
}

function timestampOf({ s, us }: WireTimestamp): Timestamp {
  return new Timestamp(BigInt(typeof s === "number" ? s : s.$int), us);
}

function isChoice(value: unknown): value is Choice<unknown> {
  return typeof value === "object" && value !== null && "$choice" in value;
}

function optionOf<T>({ $choice: [entry, value] }: Choice<T>): T | undefined {
  return entry === "value" ? value : undefined;
}
