import { Backoff } from "../../base/backoff.ts";
import type { EventId } from "../event.ts";
import { EventerClient, type EventerClientOptions } from "../eventer/eventer_client.ts";
import { connectionEvents, findServerId } from "./find_server_id.ts";
import { SyncInbox } from "./sync_inbox.ts";
import type { ServerSyncOptions, SyncNotice } from "./sync_options.ts";
import { SyncedServer } from "./synced_server.ts";

/**
 * Copies the events of another event server: all after the last one that is known, then those that it
 * registers, until disposed of. They keep their ids, and no module sees them.
 *
 * Only what is on the other server's disk is copied: what that server loses by a crash would otherwise be
 * here, under ids that it gives again. A lost connection is made anew, and goes on after the last event:
 * none is missed, none comes twice.
 *
 * @example
 * ```ts
 * import { EventServer, MemoryBackend, ServerSync } from "@theia/collector/hat";
 *
 * await using active = new MemoryBackend();
 * await using server = await EventServer.start({ serverId: 1, backend: active, port: 0 });
 * await using standby = new MemoryBackend();
 * await using sync = ServerSync.start({
 *   from: { hostname: server.hostname, port: server.port },
 *   ownServerId: 2,
 *   backend: standby,
 * });
 * ```
 */
export class ServerSync implements AsyncDisposable {
  readonly #options: ServerSyncOptions;
  readonly #address: string;
  readonly #observer: (notice: SyncNotice) => void;
  readonly #backoff: Backoff;
  readonly #ending = new AbortController();
  readonly #running: Promise<void>;
  #isLost = false;

  private constructor(options: ServerSyncOptions) {
    const { hostname, port } = options.from;
    this.#options = options;
    this.#address = `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
    this.#observer = options.observer ?? (() => {});
    this.#backoff = new Backoff(options.backoff);
    this.#running = this.#run();
  }

  /** Begins; the other server need not be there yet. */
  static start(options: ServerSyncOptions): ServerSync {
    return new ServerSync(options);
  }

  /** Ends it, when what has come is registered. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort(new DOMException("The synchronisation ended", "AbortError"));
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      try {
        await this.#connect();
      } catch (error) {
        if (!signal.aborted) this.#lost(error);
      }
      await this.#backoff.sleep(this.#backoff.next(), signal).catch(() => {});
    }
  }

  #lost(error: unknown): void {
    if (!this.#isLost) this.#observer({ kind: "sync-lost", address: this.#address, error });
    this.#isLost = true;
  }

  async #connect(): Promise<void> {
    const { from, claimed = new Set() } = this.#options;
    const serverId = from.serverId ?? await this.#findServerId();
    this.#assertOther(serverId);
    this.#assertUnclaimed(serverId);
    claimed.add(serverId);
    try {
      await this.#follow(serverId);
    } finally {
      claimed.delete(serverId);
    }
  }

  async #findServerId(): Promise<number> {
    const find = (client: EventerClient) => findServerId(client, this.#clientName);
    const connected = await this.#withClient({}, find);
    this.#assertOther(connected.server);
    const known = await this.#options.backend.getLastEventId(connected.server);
    // Whoever copies that server already has copied what it registered of this connection, too.
    this.#assertUnclaimed(connected.server);
    assertHasStore(connected, known);
    return connected.server;
  }

  /** A server whose id is configured has registered just now that this one connected, if it does that. */
  async #checkConfigured(client: EventerClient, serverId: number): Promise<void> {
    if (this.#options.from.serverId === undefined || client.status !== "operational") return;
    const events = await connectionEvents(client, this.#clientName);
    const connected = events.find(({ server }) => server === serverId);
    if (connected !== undefined) {
      return assertHasStore(connected, await this.#options.backend.getLastEventId(serverId));
    }
    const others = events.map(({ server }) => server).join(", ");
    if (others === "") return;
    throw new Error(`Cannot synchronise as the server has the id ${others}, not ${serverId}`);
  }

  #assertUnclaimed(serverId: number): void {
    if (!this.#options.claimed?.has(serverId)) return;
    throw new Error(`Cannot synchronise as server ${serverId} is synchronised from already`);
  }

  #assertOther(serverId: number): void {
    if (serverId !== this.#options.ownServerId) return;
    throw new Error(
      `Cannot synchronise as the server at ${this.#address} must have another server id: both have ` +
        serverId,
    );
  }

  async #follow(serverId: number): Promise<void> {
    const address = this.#address;
    const inbox = new SyncInbox();
    const wishes: Partial<EventerClientOptions> = {
      subscriptions: [["*"]],
      serverId,
      persisted: true,
      onEvents: (events) => inbox.add(events),
    };
    await this.#withClient(wishes, async (client) => {
      client.ended.then(() => inbox.end());
      await this.#checkConfigured(client, serverId);
      this.#observer({ kind: "sync-connected", address, serverId });
      await new SyncedServer(this.#options.backend, serverId, client).copy(inbox, (events) => {
        this.#isLost = false;
        this.#backoff.reset();
        this.#observer({ kind: "sync-caught-up", address, serverId, events });
      });
      throw await client.ended ?? new Error("The server closed the connection");
    });
  }

  /** Nothing that is asked of the other server holds up the end. */
  async #withClient<T>(
    wishes: Partial<EventerClientOptions>,
    work: (client: EventerClient) => Promise<T>,
  ): Promise<T> {
    const { hostname, port, token, tls, serverId: _, ...connection } = this.#options.from;
    const { signal } = this.#ending;
    await using client = await EventerClient.connect({
      ...connection,
      hostname,
      port,
      tls,
      clientName: this.#clientName,
      clientToken: token,
      signal,
      ...wishes,
    });
    const close = () => void client.close();
    signal.addEventListener("abort", close, { once: true });
    try {
      signal.throwIfAborted();
      return await work(client);
    } finally {
      signal.removeEventListener("abort", close);
    }
  }

  get #clientName(): string {
    return `theia/sync/${this.#options.ownServerId}`;
  }
}

function assertHasStore({ server, session }: EventId, known: EventId): void {
  if (session > known.session) return;
  throw new Error(
    `Cannot synchronise as server ${server} is at session ${session}, and session ` +
      `${known.session} is known of it: it seems to have lost its store`,
  );
}
