import type { RejectedEvent } from "../client/push_result.ts";
import type { Event } from "../event/event.ts";
import type { DeadLetterFile } from "../tail/dead_letter_file.ts";
import type { Reporter } from "./reporter.ts";

/** Tells the user of each event that a collector refused, once, and keeps it aside. */
export class RejectedEvents {
  readonly #file: DeadLetterFile;
  readonly #path: string;
  readonly #reporter: Reporter;

  /** @param path That of the file, for the user. */
  constructor(file: DeadLetterFile, path: string, reporter: Reporter) {
    this.#file = file;
    this.#path = path;
    this.#reporter = reporter;
  }

  /**
   * Keeps the refused ones of events that were sent. Resolves when they are on the disk, or cannot be;
   * never rejects.
   *
   * @param events As given to `send` of the client.
   */
  async keep(events: readonly Event[], rejected: readonly RejectedEvent[]): Promise<void> {
    await Promise.all(rejected.map(async ({ index, reason }) => {
      const event = events[index];
      if (event !== undefined) await this.#keep(event, reason);
    }));
  }

  async #keep(event: Event, reason: string): Promise<void> {
    const fate = await this.#file.add(event, reason);
    const refused = `The collector refused event '${event.id}': ${reason}`;
    switch (fate.kind) {
      case "kept":
        return this.#reporter.warning(`${refused}; it is kept in '${this.#path}'`);
      case "known":
        return this.#reporter.detail(`${refused}; it is in '${this.#path}' since an earlier time`);
      case "waiting":
        return this.#reporter.warning(`${refused}; ${fate.error.message}; trying again later`);
      case "lost":
        return this.#reporter.warning(`${refused}; ${fate.error.message}; it is not kept`);
    }
  }
}
