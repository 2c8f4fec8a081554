import type { EventStore } from "../store/store.ts";
import { CLOSE, PROTOCOL_V1 } from "../wire/dialect.ts";
import { DEFAULT_HOST, DEFAULT_PORT, EVENT_PATH, FIND_PATH } from "../wire/paths.ts";
import { AckedEventSession } from "./acked_event_session.ts";
import type { TlsCertificate } from "./bound_port.ts";
import { CollectorCounts } from "./collector_counts.ts";
import type { CollectorNotice, CollectorObserver } from "./collector_notice.ts";
import type { Connection } from "./connection.ts";
import { EventSession } from "./event_session.ts";
import { FindSession } from "./find_session.ts";
import type { Asset } from "./http/asset.ts";
import { type LineWriter, writePlainLine } from "./http/event_format.ts";
import { Router } from "./http/router.ts";
import { RequestGate } from "./http/request_gate.ts";
import { Ingest } from "./ingest.ts";
import { IntakeBudget } from "./intake_budget.ts";
import { CLOSE_GRACE_MS, type CollectorLimits, resolveLimits } from "./limits.ts";
import { LiveHub } from "./live_hub.ts";
import { LiveOnlySink } from "./live_only_sink.ts";
import { LiveSession } from "./live_session.ts";
import { MeasuredSink } from "./measured_sink.ts";
import type { Session } from "./session.ts";
import { settledWithin } from "./settled_within.ts";
import { StoreHealth } from "./store_health.ts";
import { SocketServer } from "./socket_server.ts";

/** Options of {@linkcode Collector.listen}: where to listen, what to keep events in, and limits. */
export interface CollectorOptions extends Partial<CollectorLimits> {
  /**
   * Keeps the events. Its owner disposes it, after the collector. @default {none: events reach live
   * subscribers only, and nothing can be found}
   */
  readonly store?: EventStore;
  /** Address or name to listen on; `localhost` is both 127.0.0.1 and ::1. @default {DEFAULT_HOST} */
  readonly hostname?: string;
  /** 0 is any free port. @default {DEFAULT_PORT} */
  readonly port?: number;
  /** Takes connections by TLS, and no others. @default {no TLS} */
  readonly tls?: TlsCertificate | undefined;
  /** Origins of web pages that may connect beside those the collector serves. @default {none} */
  readonly allowedOrigins?: readonly string[];
  /** The files of its page by their path, such as `/`. @default {no page} */
  readonly assets?: ReadonlyMap<string, Asset>;
  /**
   * Writes an event as a line of text where a client asks for text; it must make it inert.
   * @default {time in UTC, source, tags and content}
   */
  readonly writeLine?: LineWriter;
  /** Takes what the collector reports. @default {nothing is called} */
  readonly observer?: (notice: CollectorNotice) => void;
  /** Stops the collector. @default {no signal} */
  readonly signal?: AbortSignal;
}

/**
 * Takes events from producers, keeps them in a store, and gives them to those who ask: the WebSocket
 * paths `/event`, `/find` and `/live`, and HTTP on the same port.
 *
 * @example
 * ```ts
 * import { Collector } from "@theia/collector/collector";
 * import { MemoryStore } from "@theia/collector/store";
 *
 * await using store = new MemoryStore();
 * await using collector = await Collector.listen({ store, port: 0 });
 * console.log(`listening on ws://${collector.hostname}:${collector.port}`);
 * ```
 */
export class Collector implements AsyncDisposable {
  /** As asked for. */
  readonly hostname: string;
  /** The port that is listened on. */
  readonly port: number;
  readonly #server: SocketServer;
  readonly #ingest: Ingest;
  readonly #pushes: RequestGate;
  readonly #stoppingHttp = new AbortController();
  readonly #limits: CollectorLimits;
  readonly #observer: CollectorObserver;
  readonly #finished = Promise.withResolvers<void>();
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = () => void this.#stop();
  #stopping: Promise<void> | undefined;

  private constructor(options: CollectorOptions) {
    assertPort(options.port ?? DEFAULT_PORT);
    this.#limits = resolveLimits(options);
    this.#pushes = new RequestGate(this.#limits.maxHttpPushes, "take events");
    const counts = new CollectorCounts();
    const health = new StoreHealth();
    this.#observer = (notice) => {
      counts.observe(notice);
      options.observer?.(notice);
    };
    const sink = options.store ?? new LiveOnlySink();
    const hub = new LiveHub(sink.cursor);
    const budget = new IntakeBudget(this.#limits.maxPendingBytes);
    this.#ingest = new Ingest({
      sink: new MeasuredSink(sink, { counts, health }),
      budget,
      onAccepted: (batch) => hub.publish(batch),
      observer: this.#observer,
    });
    const shared = {
      store: options.store,
      hub,
      firstCursor: sink.cursor,
      ingest: this.#ingest,
      budget,
      limits: this.#limits,
      observer: this.#observer,
      counts,
    };
    const router = new Router({
      ...shared,
      health,
      assets: options.assets ?? new Map(),
      writeLine: options.writeLine ?? writePlainLine,
      searches: new RequestGate(this.#limits.maxHttpSearches, "search"),
      pushes: this.#pushes,
      stopping: this.#stoppingHttp.signal,
    });
    this.#server = SocketServer.listen({
      hostname: options.hostname ?? DEFAULT_HOST,
      port: options.port ?? DEFAULT_PORT,
      tls: options.tls,
      allowedOrigins: options.allowedOrigins ?? [],
      observer: this.#observer,
      onConnection: (connection) => openSession(connection, shared),
      onRequest: (request, visit, rules) => router.answer(request, visit, rules),
    });
    this.hostname = this.#server.hostname;
    this.port = this.#server.port;
    this.#signal = options.signal;
    this.#signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /**
   * Starts a collector.
   *
   * @throws {RangeError} When a limit is wrong.
   * @throws {Error} When it cannot listen: the port is in use, the host does not resolve, the certificate
   * is none.
   * @throws The signal's reason, when it is aborted already.
   */
  // deno-lint-ignore require-await -- failures are rejections
  static async listen(options: CollectorOptions = {}): Promise<Collector> {
    options.signal?.throwIfAborted();
    const collector = new Collector(options);
    const { hostname, port } = collector;
    const { addresses } = collector.#server;
    collector.#observer({ kind: "listening", hostname, port, addresses });
    return collector;
  }

  /** Resolves when the collector has stopped, for whatever reason. */
  get finished(): Promise<void> {
    return this.#finished.promise;
  }

  /**
   * Stops: takes nothing more, waits until what was taken is saved and acked, sends live subscribers
   * what is due to them, and closes every client with 1001.
   */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#stop();
  }

  #stop(): Promise<void> {
    return this.#stopping ??= this.#stopOnce();
  }

  async #stopOnce(): Promise<void> {
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#server.refuse();
    this.#stoppingHttp.abort(new DOMException("The collector stops", "AbortError"));
    const sessions = this.#server.sessions();
    const finding = sessions.filter((session) => session instanceof FindSession);
    const producing = sessions.filter(isProducer);
    const found = finding.map((session) => session.stop());
    const saved = producing.map((session) => session.stop());
    saved.push(this.#ingest.stop(), this.#pushes.settled());
    await settledWithin(this.#limits.stopSaveMs, Promise.all(saved));
    const unsaved = this.#pushes.running +
      producing.filter((session) => session.pendingBytes > 0).length;
    // Live subscribers are last, as what was saved just now is due to them.
    const following = sessions.filter((session) => session instanceof LiveSession);
    const sent = following.map((session) => session.stop());
    await settledWithin(CLOSE_GRACE_MS / 2, Promise.all([...found, ...sent]));
    await this.#server.close(CLOSE.GOING_AWAY, "The collector stops");
    this.#observer({ kind: "stopped", unsaved });
    this.#finished.resolve();
  }
}

type Shared =
  & ConstructorParameters<typeof EventSession>[1]
  & ConstructorParameters<typeof LiveSession>[1];

function openSession(connection: Connection, shared: Shared): Session {
  const { path, dialect } = connection.info;
  if (path === FIND_PATH) return new FindSession(connection, shared);
  if (path !== EVENT_PATH) return new LiveSession(connection, shared);
  return dialect === PROTOCOL_V1
    ? new AckedEventSession(connection, shared)
    : new EventSession(connection, shared);
}

function isProducer(session: Session): session is EventSession | AckedEventSession {
  return session instanceof EventSession || session instanceof AckedEventSession;
}

function assertPort(port: number): void {
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return;
  throw new RangeError(
    `Cannot start collector as 'port' must be an integer from 0 to 65535: current value is ${port}`,
  );
}
