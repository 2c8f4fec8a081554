import { sleep } from "../../base/backoff.ts";
import { EventStoreError } from "../store.ts";
import { type LedgerState, readLedger, writeLedger } from "./ledger.ts";
import type { Server } from "./server.ts";

/** A writer that is not heard of for so many of its intervals is taken as gone. */
const PATIENCE = 2.5;

/** Shows in the ledger that somebody has the store open for writing. */
export class Heartbeat implements AsyncDisposable {
  readonly #server: Server;
  readonly #timer: ReturnType<typeof setInterval>;
  #beating: Promise<void> | undefined;
  #last: number;

  /** @param last The last sign of life in the ledger. */
  constructor(server: Server, intervalMs: number, last: number) {
    this.#server = server;
    this.#last = last;
    this.#timer = setInterval(() => this.#beating ??= this.#beat(), intervalMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#beating;
  }

  async #beat(): Promise<void> {
    // Only a greater number is a sign, though clocks go back and those of other machines go ahead.
    this.#last = Math.max(Date.now(), this.#last + 1);
    try {
      await writeLedger(this.#server, [{ kind: "beat", first: 0, last: this.#last }]);
    } catch {
      // A server that is away keeps others from opening the store as well.
    }
    this.#beating = undefined;
  }
}

/**
 * Waits, where the store was not closed in order, whether its writer shows a sign of life.
 *
 * @returns The last sign of life in the ledger.
 * @throws {EventStoreError} When it does.
 * @throws {ServerError} When the server failed.
 */
export async function assertUnused(server: Server, intervalMs: number): Promise<number> {
  const before = await readLedger(server);
  if (isClosed(before)) return before.beat;
  await sleep(PATIENCE * intervalMs);
  const after = await readLedger(server);
  if (isClosed(after) || signsOf(after) === signsOf(before)) return after.beat;
  throw new EventStoreError(
    `Cannot open store '${server.address.name}': another collector has it open and only one may ` +
      "write to a store; stop that one or choose another database",
  );
}

function isClosed({ opening, closed }: LedgerState): boolean {
  return opening === undefined || opening.number === closed;
}

function signsOf({ beat, committed, opening, reserved }: LedgerState): string {
  return [beat, committed, opening?.number, reserved].join();
}
