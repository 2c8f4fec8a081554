import type { ClientNotice } from "../../client/notice.ts";
import type { CollectorStatus } from "./watch_status.ts";

/** Knows whether there is a connection to a collector, from what a client says. */
export class ConnectionState {
  readonly #now: () => number;
  #url: string | null = null;
  #isConnected = false;
  #sinceMs: number;

  /** @param now The time in milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
    this.#sinceMs = now();
  }

  /** As it is now. */
  get status(): CollectorStatus {
    const since = new Date(this.#sinceMs).toISOString();
    return { url: this.#url, connected: this.#isConnected, since };
  }

  /** For the `onNotice` of a client. */
  take(notice: ClientNotice): void {
    if (notice.kind === "rejected" || notice.kind === "retrying") return;
    this.#url = notice.url;
    const isConnected = notice.kind === "connected";
    if (isConnected === this.#isConnected) return;
    this.#isConnected = isConnected;
    this.#sinceMs = this.#now();
  }
}
