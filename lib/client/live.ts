import { Backoff } from "../base/backoff.ts";
import { type Criteria, parseCriteria } from "../event/criteria.ts";
import type { RawEvent } from "../event/raw_event.ts";
import { PROTOCOL_V1 } from "../wire/dialect.ts";
import { HEARTBEAT_MS, MISSED_HEARTBEATS, WINDOW_BYTES } from "../wire/flow.ts";
import { LIVE_PATH } from "../wire/paths.ts";
import { socketUrl } from "./address.ts";
import type { Connection, ConnectOptions } from "./connection.ts";
import { LivePosition } from "./live_position.ts";
import { LiveSubscription } from "./live_subscription.ts";
import type { LiveNotice } from "./notice.ts";
import { QueryError } from "./query_error.ts";
import type { LiveOptions } from "./query_options.ts";
import type { QueryResult } from "./query_result.ts";
import { checkWindowBytes } from "./receive_window.ts";
import { connectOnce, isTransient, reconnect } from "./reconnect.ts";

/** What may wait for a slow loop: some seconds of a busy collector. */
const MAX_BUFFERED_BYTES = 64 << 20;

/**
 * Follows events as they arrive, until the loop is left.
 *
 * A lost connection is made anew, and goes on where the last one ended: no event is missed, none
 * comes twice. A connection on which nothing comes any more, not even a heartbeat, counts as lost. A
 * collector that keeps nothing cannot replay; what passes by while there is no
 * connection is missing then, and reported as a `gap` notice.
 *
 * Iterating rejects with a {@linkcode ConnectError} when the first connection cannot be made, a {@linkcode QueryError} when
 * the collector answers with an error, and the signal's reason.
 *
 * @example
 * ```ts
 * import { Client, Collector, createEvent, live } from "@theia/collector";
 *
 * await using collector = await Collector.listen({ port: 0 });
 * await using client = await Client.connect({ port: collector.port });
 * const pushing = setInterval(() => client.sendEvent(createEvent({ content: "212 °C" })), 10);
 * for await (const event of live({ port: collector.port }, { content: "°C" })) {
 *   console.log(event.content);
 *   break;
 * }
 * clearInterval(pushing);
 * ```
 *
 * @param criteria Which events; with `since`, first those stored after that cursor.
 * @throws {CriteriaError} When the criteria are malformed. Patterns are judged by the collector.
 * @throws {RangeError} When an option is out of its range.
 */
export function live(options: LiveOptions, criteria: Criteria): QueryResult {
  const checked = parseCriteria(criteria);
  const limits = liveLimits(options);
  const batches = () =>
    followForever({ ...options, ...limits }, new LivePosition(checked, options.onCursor));
  return {
    summary: undefined,
    batches,
    async *[Symbol.asyncIterator](): AsyncGenerator<RawEvent, void> {
      for await (const batch of batches()) yield* batch;
    },
  };
}

/** What {@linkcode live} allows to wait, and for how long. */
type LiveLimits = Required<
  Pick<LiveOptions, "windowBytes" | "maxBufferedBytes" | "silenceTimeoutMs">
>;

function liveLimits(options: LiveOptions): LiveLimits {
  const { maxBufferedBytes = MAX_BUFFERED_BYTES } = options;
  const { silenceTimeoutMs = MISSED_HEARTBEATS * HEARTBEAT_MS } = options;
  if (!(silenceTimeoutMs > 0)) {
    throw new RangeError(
      "Cannot query collector as 'silenceTimeoutMs' must be positive: " +
        `current value is ${silenceTimeoutMs}`,
    );
  }
  // A replay alone must never fill the buffer, which gives the connection up.
  const windowBytes = Math.min(
    options.windowBytes ?? WINDOW_BYTES,
    Math.ceil(maxBufferedBytes / 2),
  );
  return { windowBytes: checkWindowBytes(windowBytes), maxBufferedBytes, silenceTimeoutMs };
}

async function* followForever(
  options: LiveOptions & LiveLimits,
  position: LivePosition,
): AsyncGenerator<readonly RawEvent[], void> {
  const { onNotice = () => {}, windowBytes, maxBufferedBytes, silenceTimeoutMs } = options;
  const target = { ...options, path: LIVE_PATH, protocol: PROTOCOL_V1 };
  const url = socketUrl(target);
  const task = `follow events at ${url}`;
  const backoff = new Backoff(options.backoff);
  let connection = await connectFirst(target, backoff, onNotice, options.retryFirst ?? false);
  for (;;) {
    connection.limitBuffer(maxBufferedBytes);
    connection.limitSilence(silenceTimeoutMs);
    const parts = { connection, position, task, onNotice, windowBytes };
    const subscription = new LiveSubscription(parts);
    try {
      yield* subscription.batches();
    } finally {
      await connection.close();
    }
    if (position.isComplete) return;
    const { code, reason } = await connection.closed;
    if (options.reconnect === false) throw new QueryError(`Cannot ${task}: ${reason}`, { code });
    if (subscription.isAccepted) backoff.reset();
    onNotice({ kind: "disconnected", url, reason });
    connection = await resume(target, backoff, onNotice, position, task);
  }
}

async function connectFirst(
  target: ConnectOptions,
  backoff: Backoff,
  onNotice: (notice: LiveNotice) => void,
  retry: boolean,
): Promise<Connection> {
  try {
    return await connectOnce(target, onNotice);
  } catch (error) {
    if (!retry || !isTransient(error)) throw error;
    onNotice({ kind: "disconnected", url: error.url, reason: error.message });
    const attempt = () => connectOnce(target, onNotice);
    return await reconnect({ attempt, backoff, onNotice, signal: target.signal });
  }
}

function resume(
  target: ConnectOptions,
  backoff: Backoff,
  onNotice: (notice: LiveNotice) => void,
  position: LivePosition,
  task: string,
): Promise<Connection> {
  position.rewind(task);
  if (position.cursor === undefined) {
    onNotice({ kind: "gap", dropped: undefined, since: undefined, replayed: false });
  }
  const attempt = () => connectOnce(target, onNotice);
  return reconnect({ attempt, backoff, onNotice, signal: target.signal });
}
