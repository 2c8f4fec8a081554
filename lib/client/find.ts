import { type Criteria, parseCriteria } from "../event/criteria.ts";
import type { RawEvent } from "../event/raw_event.ts";
import { PROTOCOL_V1 } from "../wire/dialect.ts";
import { WINDOW_BYTES } from "../wire/flow.ts";
import { type DoneMessage, OK } from "../wire/messages.ts";
import { FIND_PATH } from "../wire/paths.ts";
import { readAnswer, readPackedEvents, unexpectedAnswer } from "./answer.ts";
import { connect, type Connection } from "./connection.ts";
import { QueryError } from "./query_error.ts";
import type { FindOptions } from "./query_options.ts";
import type { QueryResult } from "./query_result.ts";
import { checkWindowBytes, ReceiveWindow } from "./receive_window.ts";

/**
 * Finds stored events.
 *
 * Iterating rejects with a {@linkcode ConnectError} when the collector cannot be reached, a {@linkcode QueryError}
 * when it answers with an error or goes away before the end, and the signal's reason.
 *
 * Leaving the loop closes the connection, which stops the search. The loop may take its time: what
 * waits for it in memory is bounded by `windowBytes`, and the collector goes on as the loop does. Only a
 * loop that blocks the thread for an hour at a stretch is taken for gone.
 *
 * @example
 * ```ts
 * import { Collector, find, MemoryStore } from "@theia/collector";
 *
 * await using store = new MemoryStore();
 * await using collector = await Collector.listen({ store, port: 0 });
 * const result = find({ port: collector.port }, { content: "error", limit: 10 });
 * for await (const event of result) console.log(event.content);
 * console.log(result.summary?.scanned);
 * ```
 *
 * @param criteria Which events; see {@linkcode Criteria}.
 * @throws {CriteriaError} When the criteria are malformed. Patterns are judged by the collector.
 * @throws {RangeError} When an option is out of its range.
 */
export function find(options: FindOptions, criteria: Criteria): QueryResult {
  checkWindowBytes(options.windowBytes ?? WINDOW_BYTES);
  return new FindResult(options, parseCriteria(criteria));
}

class FindResult implements QueryResult {
  readonly #options: FindOptions;
  readonly #criteria: Criteria;
  #summary: DoneMessage | undefined;

  constructor(options: FindOptions, criteria: Criteria) {
    this.#options = options;
    this.#criteria = criteria;
  }

  get summary(): DoneMessage | undefined {
    return this.#summary;
  }

  async *batches(): AsyncGenerator<readonly RawEvent[], void> {
    this.#summary = undefined;
    const target = { ...this.#options, path: FIND_PATH, protocol: PROTOCOL_V1 };
    await using connection = await connect(target);
    using window = new ReceiveWindow(connection, this.#options.windowBytes ?? WINDOW_BYTES);
    connection.send(JSON.stringify(this.#criteria));
    this.#summary = yield* readResults(connection, window);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<RawEvent, void> {
    for await (const batch of this.batches()) yield* batch;
  }
}

async function* readResults(
  connection: Connection,
  window: ReceiveWindow,
): AsyncGenerator<readonly RawEvent[], DoneMessage> {
  const task = `find events at ${connection.url}`;
  let isAccepted = false;
  for await (const message of connection) {
    if (typeof message !== "string") {
      if (!isAccepted) throw unexpectedAnswer(message, task);
      yield readPackedEvents(message, task);
      window.take(message);
      continue;
    }
    const answer = readAnswer(message, task);
    if (answer === OK) isAccepted = true;
    else if ("error" in answer) throw new QueryError(`Cannot ${task}: ${answer.error}`);
    else if ("done" in answer && isAccepted) return answer;
    else throw unexpectedAnswer(message, task);
  }
  const { code, reason } = await connection.closed;
  throw new QueryError(`Cannot ${task}: the results are incomplete, ${reason}`, { code });
}
