import assert from "node:assert/strict";
import {
  type Backend,
  type BackendClock,
  type BackendOptions,
  type EventPayload,
  type EventType,
  type HatEvent,
  type QueryParams,
  Timestamp,
} from "../../../lib/hat/mod.ts";
import { FakeClock as StoreClock } from "../../store/fake_clock.ts";

/** What a test says of an event. */
export interface EventInit {
  readonly server?: number;
  readonly instance?: number;
  readonly type?: EventType;
  /** Seconds. */
  readonly time?: number;
  /** Seconds. */
  readonly source?: number;
  readonly payload?: EventPayload;
}

/** An event of a session; its timestamp is as many seconds unless told otherwise. */
export function hatEvent(session: number, init: EventInit = {}): HatEvent {
  return {
    id: { server: init.server ?? 1, session, instance: init.instance ?? 1 },
    type: init.type ?? ["a"],
    timestamp: Timestamp.fromNumber(init.time ?? session),
    sourceTimestamp: init.source === undefined ? undefined : Timestamp.fromNumber(init.source),
    payload: init.payload,
  };
}

/** An id as `server/session/instance`. */
export function idText({ id }: HatEvent): string {
  return `${id.server}/${id.session}/${id.instance}`;
}

/** The ids of what a query finds, with `+` at the end when more follows. */
export async function found(backend: Backend, params: QueryParams): Promise<string[]> {
  const { events, moreFollows } = await backend.query(params);
  return [...events.map(idText), ...moreFollows ? ["+"] : []];
}

/** A clock that a test moves, and that knows the period of the last timer. */
export class FakeClock extends StoreClock implements BackendClock {
  periodMs = 0;

  constructor() {
    super(0);
  }

  override every(ms: number, call: () => void): Disposable {
    this.periodMs = ms;
    return super.every(ms, call);
  }
}

/** A backend under test. */
export interface Fixture extends AsyncDisposable {
  readonly backend: Backend;
  readonly clock: FakeClock;
  /** Closes the backend and opens it again, where it keeps events. */
  reopen(): Promise<Backend>;
}

/** Makes a backend for a test. */
export type OpenFixture = (options?: BackendOptions) => Promise<Fixture>;

/** Lets the periodic flush happen and waits for it. */
export async function tick({ backend, clock }: Fixture): Promise<void> {
  clock.tick();
  await backend.flush();
}

/** Asserts that a call is refused, with words in the message. */
export async function assertRefused(
  result: Promise<unknown>,
  ...words: readonly string[]
): Promise<void> {
  const error: unknown = await result.then(() => undefined, (reason) => reason);
  assert.ok(error instanceof Error, "it was not refused");
  for (const word of words) {
    assert.ok(error.message.includes(word), `'${word}' is not in: ${error.message}`);
  }
}

/** The backend as it is, and then after it was closed and opened again. */
export async function* twice(fixture: Fixture): AsyncGenerator<Backend> {
  yield fixture.backend;
  yield await fixture.reopen();
}
