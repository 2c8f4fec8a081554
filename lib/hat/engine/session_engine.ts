import type { Backend } from "../backend.ts";
import type { HatEvent, RegisterEvent } from "../event.ts";
import { EventPayloadJson } from "../payload.ts";
import type { QueryParams, QueryResult } from "../query.ts";
import { Timestamp } from "../timestamp.ts";
import type { Engine } from "./engine.ts";
import { checkEngineLimits, type EngineLimits } from "./engine_limits.ts";
import type { EngineNotice } from "./engine_notice.ts";
import { HostedModule } from "./hosted_module.ts";
import { makeModule } from "./make_module.ts";
import type { ModuleFactory } from "./module.ts";
import { type RegisterEventInit, toRegisterEvent } from "./register_event_init.ts";
import { Session } from "./session.ts";
import type { Source } from "./source.ts";

/** Options of {@linkcode SessionEngine.start}. */
export interface SessionEngineOptions {
  /** The `server` of the ids of its events: a safe integer. */
  readonly serverId: number;
  /** Where events are registered; it is not disposed of with the engine. */
  readonly backend: Backend;
  /** Its modules, in the order in which they are called. @default {[]} */
  readonly modules?: readonly ModuleFactory[];
  /** What it allows. */
  readonly limits?: Partial<EngineLimits>;
  /** Is called when the modules are made, before `"STARTED"` is registered. @default {nobody is} */
  readonly onOperational?: (engine: Engine) => void;
  /** Ends its start, not the engine when it has started. @default {it is not ended} */
  readonly signal?: AbortSignal | undefined;
  /** Is told what happens; must not throw. @default {nobody is told} */
  readonly observer?: (notice: EngineNotice) => void;
  /** The clock. @default {Timestamp.now} */
  readonly now?: () => Timestamp;
}

/** A request that waits for its session. */
interface Request {
  readonly source: Source;
  readonly events: readonly RegisterEvent[];
  readonly resolve: (events: readonly HatEvent[] | undefined) => void;
}

const ENGINE: Source = { type: "engine", id: 0 };

/**
 * The engine of an event server: one session at a time.
 *
 * A session that fails costs its number, since modules saw events with it. Registers
 * `event/<server>/engine` with `"STARTED"` when it starts, by way of the modules, and with `"STOPPED"`
 * when it is closed, straight.
 *
 * @example
 * ```ts
 * import { MemoryBackend, SessionEngine } from "@theia/collector/hat";
 * import assert from "node:assert/strict";
 *
 * await using backend = new MemoryBackend();
 * await using engine = await SessionEngine.start({ serverId: 1, backend });
 * const events = await engine.register({ type: "eventer", id: 1 }, [{ type: ["oven", "1"] }]);
 * assert.deepEqual(events?.[0]?.id, { server: 1, session: 2, instance: 1 });
 * ```
 */
export class SessionEngine implements Engine, AsyncDisposable {
  readonly #options: SessionEngineOptions;
  readonly #limits: EngineLimits;
  readonly #observer: (notice: EngineNotice) => void;
  readonly #modules: HostedModule[] = [];
  readonly #queue: Request[] = [];
  #waiting = 0;
  #lastSession: number;
  #state: "starting" | "running" | "closing" | "closed" = "starting";
  #running: Promise<void> | undefined;
  #disposal: Promise<void> | undefined;

  private constructor(options: SessionEngineOptions, lastSession: number) {
    this.#options = options;
    this.#limits = checkEngineLimits(options.limits ?? {});
    this.#observer = options.observer ?? (() => {});
    this.#lastSession = lastSession;
  }

  /**
   * Makes the modules and registers `"STARTED"`.
   *
   * @throws {RangeError} When an option is out of its range.
   * @throws {Error} When a module is not made in time.
   * @throws What a module factory or the backend throws; the reason of the signal.
   */
  static async start(options: SessionEngineOptions): Promise<SessionEngine> {
    const { serverId, backend } = options;
    if (!Number.isSafeInteger(serverId)) {
      throw new RangeError(
        `Cannot start engine as 'serverId' must be a safe integer: current value is ${serverId}`,
      );
    }
    const { session } = await backend.getLastEventId(serverId);
    const engine = new SessionEngine(options, session);
    try {
      await engine.#makeModules();
    } catch (error) {
      await engine.#closeModules();
      engine.#state = "closed";
      engine.#refuseAll();
      throw error;
    }
    await engine.#start();
    return engine;
  }

  get serverId(): number {
    return this.#options.serverId;
  }

  async register(
    source: Source,
    events: readonly RegisterEventInit[],
  ): Promise<readonly HatEvent[] | undefined> {
    const checked = events.map(toRegisterEvent);
    const isOpen = this.#state === "running" || this.#state === "starting" ||
      (this.#state === "closing" && source.type === "module");
    if (!isOpen) return undefined;
    if (checked.length === 0) return [];
    if (this.#waiting > 0 && this.#waiting + checked.length > this.#limits.maxWaitingEvents) {
      this.#observer({ kind: "overloaded", waiting: this.#waiting });
      return undefined;
    }
    return await new Promise((resolve) => {
      this.#waiting += checked.length;
      this.#queue.push({ source, events: checked, resolve });
      this.#wake();
    });
  }

  query(params: QueryParams): Promise<QueryResult> {
    return this.#options.backend.query(params);
  }

  onFlushed(callback: (events: readonly HatEvent[]) => void): Disposable {
    return this.#options.backend.onFlushed(callback);
  }

  /**
   * Refuses further requests, does those that wait, ends the modules, and registers `"STOPPED"`. The
   * backend is not flushed by that.
   */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#disposal ??= this.#dispose();
  }

  async #dispose(): Promise<void> {
    this.#state = "closing";
    await this.#passed();
    await this.#closeModules();
    this.#state = "closed";
    await this.#passed();
    await this.#register(ENGINE, [this.#engineEvent("STOPPED")], []);
  }

  async #makeModules(): Promise<void> {
    const { modules = [], signal } = this.#options;
    const { moduleTimeoutMs: timeoutMs } = this.#limits;
    const observer = this.#observer;
    for (const [id, factory] of modules.entries()) {
      const { name } = factory;
      const source: Source = { type: "module", id };
      const module = await makeModule({
        factory,
        engine: this,
        source,
        timeoutMs,
        signal,
        observer,
      });
      this.#modules.push(new HostedModule({ name, module, source, timeoutMs, observer }));
    }
  }

  async #start(): Promise<void> {
    this.#options.onOperational?.(this);
    await this.#register(ENGINE, [this.#engineEvent("STARTED")], this.#modules);
    this.#state = "running";
    this.#wake();
  }

  /** The last one first, as those before may be its foundation. */
  async #closeModules(): Promise<void> {
    for (const module of this.#modules.toReversed()) await module.close();
  }

  #wake(): void {
    if (this.#state !== "starting" && this.#queue.length > 0) this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      const { source, events, resolve } = next;
      this.#waiting -= events.length;
      resolve(await (events.length === 0 ? [] : this.#register(source, events, this.#modules)));
    }
    this.#running = undefined;
  }

  /** Resolves when all requests up to now are done; modules may go on making others. */
  async #passed(): Promise<void> {
    await new Promise((resolve) => {
      this.#queue.push({ source: ENGINE, events: [], resolve });
      this.#wake();
    });
  }

  #refuseAll(): void {
    for (const { resolve } of this.#queue.splice(0)) resolve(undefined);
  }

  async #register(
    source: Source,
    events: readonly RegisterEvent[],
    modules: readonly HostedModule[],
  ): Promise<readonly HatEvent[] | undefined> {
    const { backend, serverId, now = Timestamp.now } = this.#options;
    const sessionId = ++this.#lastSession;
    const session = new Session({
      serverId,
      sessionId,
      timestamp: now(),
      modules: modules.filter(({ isReady }) => isReady),
      limits: this.#limits,
      observer: this.#observer,
    });
    try {
      const registered = await backend.register(await session.run(source, events));
      return registered.length === events.length ? registered : registered.slice(0, events.length);
    } catch (error) {
      this.#observer({ kind: "session-failed", sessionId, error });
      return undefined;
    }
  }

  #engineEvent(state: "STARTED" | "STOPPED"): RegisterEvent {
    return {
      type: ["event", String(this.serverId), "engine"],
      sourceTimestamp: undefined,
      payload: EventPayloadJson.of(state),
    };
  }
}
