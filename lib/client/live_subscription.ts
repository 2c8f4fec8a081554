import type { RawEvent } from "../event/raw_event.ts";
import { type GapMessage, OK, type ServerMessage } from "../wire/messages.ts";
import { readAnswer, unexpectedAnswer } from "./answer.ts";
import type { Connection } from "./connection.ts";
import type { LivePosition } from "./live_position.ts";
import type { LiveNotice } from "./notice.ts";
import { QueryError } from "./query_error.ts";
import { ReceiveWindow } from "./receive_window.ts";

/** What {@linkcode LiveSubscription} works with. */
export interface LiveSubscriptionParts {
  readonly connection: Connection;
  /** Where to begin; is moved on. */
  readonly position: LivePosition;
  /** What is being done, such as `follow events at ws://…`. */
  readonly task: string;
  readonly onNotice: (notice: LiveNotice) => void;
  /** How far ahead a replay may be. */
  readonly windowBytes: number;
}

/**
 * What one connection to `/live` brings.
 *
 * - `asked`: criteria were sent; what comes before their `ok` belongs to criteria that they replace.
 * - `accepted`: `ok` came, and nothing after it yet.
 * - `following`: events and cursors come.
 */
export class LiveSubscription {
  readonly #parts: LiveSubscriptionParts;
  #state: "asked" | "accepted" | "following" = "asked";
  #isAccepted = false;
  /** Whether the collector can replay; as long as that is not known, it is tried. */
  #canReplay = true;

  constructor(parts: LiveSubscriptionParts) {
    this.#parts = parts;
  }

  /** Whether the collector took the criteria. */
  get isAccepted(): boolean {
    return this.#isAccepted;
  }

  /** Ends when the connection ends, or the limit is reached. */
  async *batches(): AsyncGenerator<readonly RawEvent[], void> {
    const { connection, position, task, windowBytes } = this.#parts;
    using ahead = new ReceiveWindow(connection, windowBytes);
    this.#ask();
    for await (const message of connection) {
      if (this.#state === "asked") {
        this.#takeBeforeOk(message);
      } else if (typeof message === "string") {
        this.#takeText(message);
      } else {
        this.#state = "following";
        const events = position.take(message, task);
        if (events.length > 0) yield events;
        if (position.isComplete) return;
      }
      ahead.take(message);
    }
  }

  #ask(): void {
    const { connection, position } = this.#parts;
    this.#state = "asked";
    connection.send(JSON.stringify(position.criteria()));
  }

  #takeBeforeOk(message: string | Uint8Array): void {
    const { task } = this.#parts;
    const answer = typeof message === "string" ? readAnswer(message, task) : undefined;
    if (answer === OK) {
      this.#state = "accepted";
      this.#isAccepted = true;
    } else if (answer !== undefined && "error" in answer) {
      throw new QueryError(`Cannot ${task}: ${answer.error}`);
    } else if (!this.#isAccepted) {
      throw unexpectedAnswer(message, task);
    }
  }

  #takeText(message: string): void {
    const { task } = this.#parts;
    const answer = readAnswer(message, task);
    if (answer === OK) throw unexpectedAnswer(message, task);
    if ("error" in answer) throw new QueryError(`Cannot ${task}: ${answer.error}`);
    if ("gap" in answer) this.#takeGap(answer);
    else this.#takeCursor(answer, message);
  }

  #takeCursor(answer: ServerMessage, message: string): void {
    const { position, task } = this.#parts;
    if (!("cursor" in answer) || "done" in answer) throw unexpectedAnswer(message, task);
    this.#state = "following";
    position.moveTo(answer.cursor);
  }

  /** A gap right after `ok` says that the collector keeps nothing that it could replay. */
  #takeGap({ gap: { dropped, since } }: GapMessage): void {
    const { position, onNotice } = this.#parts;
    if (this.#state === "accepted") this.#canReplay = false;
    this.#state = "following";
    onNotice({ kind: "gap", dropped, since, replayed: this.#canReplay });
    position.moveTo(since);
    if (this.#canReplay) this.#ask();
  }
}
