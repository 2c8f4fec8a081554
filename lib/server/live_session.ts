import { CriteriaError } from "../event/criteria.ts";
import type { Matcher } from "../event/matcher.ts";
import { CLOSE } from "../wire/dialect.ts";
import { type GapMessage, NON_PERSISTENT, OK } from "../wire/messages.ts";
import type { Connection, Message } from "./connection.ts";
import { readCriteriaMessage } from "./criteria_message.ts";
import { describeSearchError, type FindSessionOptions } from "./find_session.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { LiveHub } from "./live_hub.ts";
import { LiveOutbox } from "./live_outbox.ts";
import { LiveSubscription } from "./live_subscription.ts";
import { StalledClientError } from "./send_room.ts";
import { SendWindow } from "./send_window.ts";
import type { Session } from "./session.ts";

/** What the sessions of `/live` share. */
export interface LiveSessionOptions extends FindSessionOptions {
  readonly hub: LiveHub;
  /** The number before the first that the hub can have handed on. */
  readonly firstCursor: number;
}

/**
 * `/live`: follows what arrives by the criteria received last. `order` is taken and has no effect, as
 * events come in the order of arrival.
 */
export class LiveSession implements Session {
  readonly #connection: Connection;
  readonly #options: LiveSessionOptions;
  readonly #outbox: LiveOutbox;
  readonly #window: SendWindow;
  #subscription: LiveSubscription | undefined;
  #heartbeat: Heartbeat | undefined;
  #stopped = false;

  constructor(connection: Connection, options: LiveSessionOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#outbox = new LiveOutbox(connection, options);
    this.#window = new SendWindow(connection, options.limits.maxSilenceMs);
    connection.gone.addEventListener("abort", () => {
      this.#subscription?.[Symbol.dispose]();
      this.#heartbeat?.[Symbol.dispose]();
      this.#outbox[Symbol.dispose]();
    }, { once: true });
  }

  receive(message: Message): void {
    try {
      if (this.#window.receive(message)) return;
    } catch (error) {
      return this.#refuse(error);
    }
    if (this.#stopped) return;
    try {
      this.#follow(readCriteriaMessage(message));
    } catch (error) {
      if (!(error instanceof CriteriaError)) throw error;
      const client = this.#connection.info;
      this.#options.observer({ kind: "criteria-refused", client, error });
      this.#sendError(error.message);
    }
  }

  /** A window that cannot be trusted leaves nothing to go on with. */
  #refuse(error: unknown): void {
    if (!(error instanceof CriteriaError)) throw error;
    if (this.#stopped) return;
    this.#subscription?.[Symbol.dispose]();
    void this.#finish(error);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#subscription?.settled();
    await this.#outbox.flush();
    this.#subscription?.[Symbol.dispose]();
  }

  #follow(matcher: Matcher): void {
    const { store, hub, limits, counts } = this.#options;
    const { since } = matcher.criteria;
    const isV1 = this.#connection.info.dialect === "theia.v1";
    if (since !== undefined && store === undefined && !isV1) {
      return this.#sendError(NON_PERSISTENT);
    }
    this.#subscription?.[Symbol.dispose]();
    this.#outbox.text(OK);
    if (since !== undefined && store === undefined) this.#sendLostSince(since);
    this.#subscription = new LiveSubscription(matcher, {
      connection: this.#connection,
      hub,
      outbox: this.#outbox,
      window: this.#window,
      limits,
      counts,
      replay: store !== undefined && since !== undefined ? { store, since } : undefined,
      onEnd: (error) => void this.#finish(error),
    });
    this.#heartbeat ??= new Heartbeat(this.#connection, limits.heartbeatMs, () => {
      if (!this.#stopped) this.#outbox.heartbeat();
    });
  }

  /** A collector that keeps nothing cannot replay: it says so, and how much of its own run is missing. */
  #sendLostSince(since: number): void {
    const { hub, firstCursor } = this.#options;
    if (since >= hub.cursor) return;
    const dropped = hub.cursor - Math.max(since, firstCursor);
    const message: GapMessage = { gap: { dropped, since: hub.cursor } };
    this.#outbox.text(JSON.stringify(message));
  }

  async #finish(error: unknown): Promise<void> {
    const client = this.#connection.info;
    const { observer } = this.#options;
    this.#stopped = true;
    this.#heartbeat?.[Symbol.dispose]();
    if (error === undefined) {
      await this.#outbox.flush();
      await this.#untilTaken();
      return this.#connection.close(CLOSE.NORMAL, "");
    }
    if (this.#connection.gone.aborted) return;
    if (error instanceof StalledClientError) {
      observer({ kind: "stalled-client", client });
      return this.#connection.close(CLOSE.TRY_AGAIN, error.message);
    }
    const isCriteriaFault = error instanceof CriteriaError;
    if (isCriteriaFault) observer({ kind: "criteria-refused", client, error });
    else observer({ kind: "search-failed", client, error });
    const reason = describeSearchError(error);
    this.#sendError(reason);
    await this.#outbox.flush();
    this.#connection.close(isCriteriaFault ? CLOSE.POLICY : CLOSE.INTERNAL, reason);
  }

  /** What a client says after the close would break the connection before it has read everything. */
  async #untilTaken(): Promise<void> {
    try {
      await this.#window.settled(this.#connection.gone);
    } catch {
      // It is gone, or says nothing.
    }
  }

  #sendError(error: string): void {
    this.#outbox.text(JSON.stringify({ error }));
  }
}
