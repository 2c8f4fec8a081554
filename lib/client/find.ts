import { type Criteria, parseCriteria } from "../event/criteria.ts";
import type { RawEvent } from "../event/raw_event.ts";
import { PROTOCOL_V1 } from "../wire/dialect.ts";
import { type DoneMessage, OK } from "../wire/messages.ts";
import { FIND_PATH } from "../wire/paths.ts";
import { readAnswer, readPackedEvents, unexpectedAnswer } from "./answer.ts";
import { connect, type Connection } from "./connection.ts";
import { QueryError } from "./query_error.ts";
import type { FindOptions } from "./query_options.ts";
import type { QueryResult } from "./query_result.ts";

/**
 * Finds stored events.
 *
 * Iterating rejects with a {@linkcode ConnectError} when the collector cannot be reached, a {@linkcode QueryError}
 * when it answers with an error or goes away before the end, and the signal's reason.
 *
 * Leaving the loop closes the connection, which stops the search. The runtime has no way to read a
 * WebSocket more slowly: while the loop waits for something else, everything found goes on to arrive
 * and waits in memory, as the bytes it came in (a loop that works without waiting, or writes
 * synchronously, slows down the collector instead). Use `limit` where the results may exceed the memory.
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
 */
export function find(options: FindOptions, criteria: Criteria): QueryResult {
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
    connection.send(JSON.stringify(this.#criteria));
    const task = `find events at ${connection.url}`;
    this.#summary = yield* readResults(connection, task);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<RawEvent, void> {
    for await (const batch of this.batches()) yield* batch;
  }
}

async function* readResults(
  connection: Connection,
  task: string,
): AsyncGenerator<readonly RawEvent[], DoneMessage> {
  let isAccepted = false;
  for await (const message of connection) {
    if (typeof message !== "string") {
      if (!isAccepted) throw unexpectedAnswer(message, task);
      yield readPackedEvents(message, task);
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
