import { ConnectError } from "./connect_error.ts";
import type { Connection, ConnectOptions } from "./connection.ts";
import type { ConnectionNotice } from "./notice.ts";
import { connectOnce, isTransient } from "./reconnect.ts";

/**
 * Connects to the first of several collectors that answers.
 *
 * Each round of attempts goes over all of them in order. It begins with the first one, unless the last
 * connection was lost without an answer to anything: a collector that takes connections and serves none
 * must not keep those behind it from their turn, so the round begins with the next one then.
 *
 * Nothing leaves a connection that works to return to an earlier collector: that would interrupt what
 * works, and send what is not acknowledged at that moment to two collectors, for a preference only.
 */
export class Failover {
  readonly #targets: readonly ConnectOptions[];
  readonly #onNotice: (notice: ConnectionNotice) => void;
  #first = 0;
  #current = 0;

  /** @param targets At least one. */
  constructor(
    targets: readonly ConnectOptions[],
    onNotice: (notice: ConnectionNotice) => void,
  ) {
    this.#targets = targets;
    this.#onNotice = onNotice;
  }

  /** The last connection is lost. @param wasServed Whether what was sent on it, if anything, was answered. */
  lost(wasServed: boolean): void {
    this.#first = wasServed ? 0 : (this.#current + 1) % this.#targets.length;
  }

  /**
   * A round of attempts. All that fail but the last are told by notices.
   *
   * @throws {ConnectError} When none succeeds; its `failure` is `protocol` when no further round can.
   * @throws The signal's reason when it aborts.
   */
  async connect(): Promise<Connection> {
    const failures: ConnectError[] = [];
    for (let turn = 0; turn < this.#targets.length; turn++) {
      const place = (this.#first + turn) % this.#targets.length;
      const target = this.#targets[place];
      const last = failures.at(-1);
      if (target === undefined) break;
      if (last !== undefined) {
        this.#onNotice({ kind: "disconnected", url: last.url, reason: last.message });
      }
      try {
        const connection = await connectOnce(target, this.#onNotice);
        this.#current = place;
        return connection;
      } catch (error) {
        if (!(error instanceof ConnectError)) throw error;
        failures.push(error);
      }
    }
    this.#first = 0;
    throw failureOfAll(failures);
  }
}

function failureOfAll(failures: readonly ConnectError[]): ConnectError {
  const [first] = failures;
  if (first === undefined) throw new RangeError("Cannot connect as there is no collector");
  if (failures.length === 1) return first;
  const failure = failures.find(isTransient)?.failure ?? first.failure;
  const reason = failures
    .map((error, i) => i === 0 ? error.reason : `nor at ${error.url}: ${error.reason}`)
    .join("; ");
  return new ConnectError(first.url, failure, reason, { cause: new AggregateError(failures) });
}
