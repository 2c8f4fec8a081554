import type { CollectorAddress } from "../../client/address.ts";
import { Client } from "../../client/client.ts";
import { live } from "../../client/live.ts";
import type { ClientNotice, LiveNotice } from "../../client/notice.ts";
import type { PushResult } from "../../client/push_result.ts";
import type { Criteria, Cursor } from "../../event/criteria.ts";
import type { Event } from "../../event/event.ts";
import type { FeedOptions } from "../../hat/bridge/bridge_options.ts";

/** What {@linkcode CollectorLink} works with. */
export interface CollectorLinkOptions {
  readonly address: CollectorAddress;
  /** Which events are followed. */
  readonly criteria: Criteria;
  /** Is told what happens to the connection that follows. */
  readonly onFeedNotice: (notice: LiveNotice) => void;
  /** Is told what happens to the connection that pushes. */
  readonly onPushNotice: (notice: ClientNotice) => void;
}

/** A collector as a bridge wants it: to be followed from a cursor on, and to be pushed to. */
export class CollectorLink implements AsyncDisposable {
  readonly #options: CollectorLinkOptions;
  readonly #ending = new AbortController();
  #client: Promise<Client> | undefined;

  constructor(options: CollectorLinkOptions) {
    this.#options = options;
  }

  /** Follows events: those stored after the cursor, or else those that arrive. */
  readonly feed = (
    since: Cursor | undefined,
    { signal, onCursor }: FeedOptions,
  ): AsyncIterable<readonly Event[]> => {
    const { address, criteria, onFeedNotice: onNotice } = this.#options;
    const wanted = since === undefined ? criteria : { ...criteria, since };
    return live({ ...address, signal, onCursor, onNotice }, wanted).batches();
  };

  /** Pushes events, and waits until they are stored or refused; for a collector that is away as well. */
  readonly push = async (events: readonly Event[]): Promise<PushResult> => {
    const client = await (this.#client ??= this.#connect());
    try {
      return await client.send(events);
    } catch (error) {
      // It has ended for good: the next call begins anew.
      this.#client = undefined;
      await client[Symbol.asyncDispose]();
      throw error;
    }
  };

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort(new DOMException("The link to the collector ended", "AbortError"));
    const client = await this.#client?.catch(() => undefined);
    await client?.[Symbol.asyncDispose]();
  }

  async #connect(): Promise<Client> {
    const { address, onPushNotice: onNotice } = this.#options;
    try {
      return await Client.connect({
        ...address,
        retryFirst: true,
        // Whoever pushes has waited, or pushes again after the next start.
        flushTimeoutMs: 0,
        signal: this.#ending.signal,
        onNotice,
      });
    } catch (error) {
      this.#client = undefined;
      throw error;
    }
  }
}
