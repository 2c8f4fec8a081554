import { Backoff, type BackoffOptions } from "../../base/backoff.ts";
import type { Backend } from "../backend.ts";
import type { EngineLimits } from "../engine/engine_limits.ts";
import type { EngineNotice } from "../engine/engine_notice.ts";
import type { ModuleFactory } from "../engine/module.ts";
import { SessionEngine } from "../engine/session_engine.ts";
import type { EventerNotice } from "../eventer/eventer_notice.ts";
import { EventerServer, type EventerServerOptions } from "../eventer/eventer_server.ts";
import type { Timestamp } from "../timestamp.ts";
import { EngineService } from "./engine_service.ts";
import { ServerSync } from "./server_sync.ts";
import type { SyncNotice, SyncSource } from "./sync_options.ts";

/** What happens in an event server. */
export type EventServerNotice =
  | EngineNotice
  | EventerNotice
  | SyncNotice
  | {
    /** What was registered last could not be brought to the disk when the server stopped. */
    readonly kind: "stop-not-durable";
    /** Why. */
    readonly error: unknown;
  };

/** Options of {@linkcode EventServer.start}. */
export interface EventServerOptions extends Omit<EventerServerOptions, "observer"> {
  /** Its id: no other server that it synchronises with must have it. */
  readonly serverId: number;
  /** Where events are kept; it is flushed, but not disposed of with the server. */
  readonly backend: Backend;
  /** Modules of its engine. @default {[]} */
  readonly modules?: readonly ModuleFactory[];
  /** What its engine allows. */
  readonly limits?: Partial<EngineLimits>;
  /** Servers whose events it copies. @default {[]} */
  readonly syncFrom?: readonly SyncSource[];
  /** How long to wait before connecting to such a server again. */
  readonly syncBackoff?: BackoffOptions;
  /** Ends its start, not the server when it has started. @default {it is not ended} */
  readonly signal?: AbortSignal | undefined;
  /** Is told what happens; must not throw. @default {nobody is told} */
  readonly observer?: (notice: EventServerNotice) => void;
  /** The clock of its sessions. @default {Timestamp.now} */
  readonly now?: () => Timestamp;
}

/**
 * A whole event server: an engine with its modules over a backend, clients at its door, and other servers
 * that it copies.
 *
 * @example
 * ```ts
 * import { EventerClient, EventServer, MemoryBackend } from "@theia/collector/hat";
 * import assert from "node:assert/strict";
 *
 * await using backend = new MemoryBackend();
 * await using server = await EventServer.start({ serverId: 1, backend, port: 0 });
 * await using client = await EventerClient.connect({ port: server.port, clientName: "me" });
 * const { events } = await client.query({ kind: "server", serverId: 1 });
 * assert.deepEqual(events.map(({ type }) => type), [
 *   ["event", "1", "engine"],
 *   ["event", "1", "eventer", "me"],
 * ]);
 * ```
 */
export class EventServer implements AsyncDisposable {
  readonly #options: EventServerOptions;
  readonly #service: EngineService;
  readonly #door: EventerServer;
  readonly #engine: SessionEngine;
  readonly #syncs: readonly ServerSync[];
  #disposal: Promise<void> | undefined;

  private constructor(
    options: EventServerOptions,
    parts: {
      readonly service: EngineService;
      readonly door: EventerServer;
      readonly engine: SessionEngine;
      readonly syncs: readonly ServerSync[];
    },
  ) {
    this.#options = options;
    this.#service = parts.service;
    this.#door = parts.door;
    this.#engine = parts.engine;
    this.#syncs = parts.syncs;
  }

  /**
   * Listens, starts the engine and begins to copy other servers.
   *
   * @throws {RangeError} When an option is out of its range.
   * @throws What listening, a module factory or the backend throws; the reason of the signal.
   */
  static async start(options: EventServerOptions): Promise<EventServer> {
    // What is wrong with it is said before anything is started.
    new Backoff(options.syncBackoff);
    const service = new EngineService(options.backend);
    const door = EventerServer.listen(service, options);
    const syncs: ServerSync[] = [];
    let engine: SessionEngine | undefined;
    try {
      engine = await SessionEngine.start({
        ...options,
        onOperational: (engine) => service.operate(engine),
      });
      for (const sync of startSyncs(options)) syncs.push(sync);
      return new EventServer(options, { service, door, engine, syncs });
    } catch (error) {
      await Promise.all(syncs.map((sync) => sync[Symbol.asyncDispose]()));
      await engine?.[Symbol.asyncDispose]();
      await door.close();
      throw error;
    }
  }

  /** The address bound. */
  get hostname(): string {
    return this.#door.hostname;
  }

  /** The port bound. */
  get port(): number {
    return this.#door.port;
  }

  /**
   * Stops: clients are told, what was accepted is registered, modules end, `"STOPPED"` is registered and
   * everything is brought to the disk; then the connections are closed.
   */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#disposal ??= this.#dispose();
  }

  async #dispose(): Promise<void> {
    this.#service.stop();
    await Promise.all(this.#syncs.map((sync) => sync[Symbol.asyncDispose]()));
    await this.#engine[Symbol.asyncDispose]();
    try {
      await this.#options.backend.flush();
    } catch (error) {
      this.#options.observer?.({ kind: "stop-not-durable", error });
    }
    this.#service.stopped();
    await this.#door.close();
  }
}

function* startSyncs(options: EventServerOptions): Generator<ServerSync> {
  const { syncFrom = [], serverId: ownServerId, backend, observer, syncBackoff } = options;
  const claimed = new Set<number>();
  for (const from of syncFrom) {
    yield ServerSync.start({
      from,
      ownServerId,
      backend,
      claimed,
      backoff: syncBackoff,
      ...(observer === undefined ? {} : { observer }),
    });
  }
}
