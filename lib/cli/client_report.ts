import type { ClientNotice, LiveNotice } from "../client/notice.ts";
import type { Reporter } from "./reporter.ts";

/**
 * Tells the user what happens to a connection: once when it is lost and once when it is back, each
 * attempt only to those who want details.
 */
export class ConnectionReport {
  readonly #reporter: Reporter;
  #state: "new" | "connected" | "lost" = "new";

  constructor(reporter: Reporter) {
    this.#reporter = reporter;
  }

  /** For the `onNotice` of a client or a live query. */
  take(notice: ClientNotice | LiveNotice): void {
    switch (notice.kind) {
      case "connecting":
        return this.#reporter.detail(`Connecting to ${notice.url}`);
      case "connected":
        return this.#connected(notice.url);
      case "disconnected":
        return this.#disconnected(notice.reason);
      case "retrying":
        return this.#reporter.detail(`Trying again in ${Math.round(notice.delayMs)} ms`);
      case "gap":
        return this.#gap(notice.dropped, notice.replayed);
      case "rejected":
        // Those refused for good come back with the result of sending them.
        return this.#reporter.detail(
          `The collector refused ${notice.rejections.length} events: ${
            notice.rejections[0]?.reason ?? ""
          }`,
        );
    }
  }

  #connected(url: string): void {
    const text = `Connected to ${url}`;
    if (this.#state === "lost") this.#reporter.notice(text);
    else this.#reporter.detail(text);
    this.#state = "connected";
  }

  #disconnected(reason: string): void {
    if (this.#state === "lost") return this.#reporter.detail(reason);
    this.#state = "lost";
    this.#reporter.warning(`No connection to the collector, trying again: ${reason}`);
  }

  #gap(dropped: number | undefined, replayed: boolean): void {
    if (replayed) return this.#reporter.detail("Too slow for the collector, catching up");
    const count = dropped === undefined ? "Events" : `${dropped} events`;
    this.#reporter.warning(`${count} passed by unseen`);
  }
}
