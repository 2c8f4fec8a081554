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

  constructor(server: Server, intervalMs: number) {
    this.#server = server;
    this.#timer = setInterval(() => this.#beating ??= this.#beat(), intervalMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#beating;
  }

  async #beat(): Promise<void> {
    try {
      await writeLedger(this.#server, [{ kind: "beat", first: 0, last: Date.now() }]);
    } catch {
      // A server that is away keeps others from opening the store as well.
    }
    this.#beating = undefined;
  }
}

/**
 * Waits, where the store was not closed in order, whether its writer shows a sign of life.
 *
 * @throws {EventStoreError} When it does.
 * @throws {ServerError} When the server failed.
 */
export async function assertUnused(server: Server, intervalMs: number): Promise<void> {
  const before = await readLedger(server);
  if (isClosed(before)) return;
  await sleep(PATIENCE * intervalMs);
  const after = await readLedger(server);
  if (isClosed(after) || signsOf(after) === signsOf(before)) return;
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
