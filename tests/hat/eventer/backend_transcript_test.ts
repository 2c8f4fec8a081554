import assert from "node:assert/strict";
import { MemoryBackend } from "../../../lib/hat/backends/memory_backend.ts";
import { compareEventIds, type HatEvent } from "../../../lib/hat/event.ts";
import {
  EVENTS_NOTIFY,
  QUERY_REQUEST,
  QUERY_RESPONSE,
  REGISTER_RESPONSE,
} from "../../../lib/hat/eventer/messages.ts";
import type { QueryParams, QueryResult } from "../../../lib/hat/query.ts";
import { messageOf, type MessageStep, type Scenario, testScenarios } from "./transcript.ts";

/**
 * Queries by source timestamp that Hat's backend answers wrongly before events are flushed, and one that it
 * answered when it had flushed the first session only.
 */
const SKIPPED = [4, 5, 15];

/** Before the queries for durable events that follow the skipped one, Hat had flushed everything. */
const FLUSHED = 16;

function eventsOf({ type, data }: MessageStep): readonly HatEvent[] {
  if (type === "MsgQueryRes") return QUERY_RESPONSE.decode(data).events;
  if (type === "MsgRegisterRes") return REGISTER_RESPONSE.decode(data) ?? [];
  return type === "MsgEventsNotify" ? EVENTS_NOTIFY.decode(data) : [];
}

/** All events of a recorded session, session by session, in order. */
function sessionsOf(messages: readonly MessageStep[]): ReadonlyMap<number, readonly HatEvent[]> {
  const events = new Map<string, HatEvent>();
  for (const event of messages.flatMap(eventsOf)) events.set(JSON.stringify(event.id), event);
  const sorted = [...events.values()].sort((a, b) => compareEventIds(a.id, b.id));
  return Map.groupBy(sorted, ({ id }) => id.session);
}

/** The latest events lie in no order. */
function inOrder(params: QueryParams, { events, moreFollows }: QueryResult): QueryResult {
  if (params.kind !== "latest") return { events, moreFollows };
  return { events: events.toSorted((a, b) => compareEventIds(a.id, b.id)), moreFollows };
}

async function compare({ timeline }: Scenario): Promise<void> {
  const messages = timeline.flatMap((step) => messageOf(step) ?? []);
  const sessions = new Map(sessionsOf(messages));
  await using backend = new MemoryBackend();
  const register = async (last: number) => {
    for (const [session, events] of sessions) {
      if (session > last) continue;
      sessions.delete(session);
      await backend.register(events);
    }
  };
  // Of the server's start, and of the client that connected.
  await register(2);
  let queries = 0;
  let params: QueryParams | undefined;
  for (const message of messages) {
    const { type, data } = message;
    if (type === "MsgEventsNotify") await register(eventsOf(message)[0]?.id.session ?? 0);
    if (type === "MsgQueryReq") params = QUERY_REQUEST.decode(data);
    if (type !== "MsgQueryRes" || params === undefined) continue;
    const index = queries++;
    if (index === FLUSHED) await backend.flush();
    if (SKIPPED.includes(index)) continue;
    const expected = QUERY_RESPONSE.decode(data);
    const found = await backend.query(params);
    assert.deepEqual(inOrder(params, found), inOrder(params, expected), `query ${index}`);
  }
  assert.equal(queries, 22);
}

testScenarios(
  "MemoryBackend answers the recorded queries as Hat does",
  ({ name }) => name === "full_session",
  compare,
);
