import type { HatEvent } from "../event.ts";
import type { EventType } from "../event_type.ts";
import { Subscription } from "../subscription.ts";
import type { EngineNotice, ModuleCall } from "./engine_notice.ts";
import type { MadeEvents, Module, ProcessResult, TypeMatcher } from "./module.ts";
import type { RegisterEventInit } from "./register_event_init.ts";
import { ModuleError, SessionLimitError } from "./session_error.ts";
import type { Source } from "./source.ts";

/** What {@linkcode HostedModule} works with. */
export interface HostedModuleParts {
  readonly name: string;
  readonly module: Module;
  readonly source: Source;
  /** How long a call may take. */
  readonly timeoutMs: number;
  readonly observer: (notice: EngineNotice) => void;
}

/** Takes an event that a module made. */
export type TakeMade = (event: RegisterEventInit) => void;

/**
 * A module in an engine: its calls end in time, one way or another.
 *
 * A call that has not ended in time goes on, as nothing can stop it; until it has ended the module takes
 * no part in sessions.
 */
export class HostedModule {
  /** What the module registers as. */
  readonly source: Source;
  readonly #name: string;
  readonly #module: Module;
  readonly #subscription: TypeMatcher;
  readonly #timeoutMs: number;
  readonly #observer: (notice: EngineNotice) => void;
  #state: "ready" | "hanging" | "closed" = "ready";
  /** The session whose stop it could not be told as it hung. */
  #missedStop: number | undefined;

  /** @throws {TypeError | QueryTypeError} When the module has no usable subscription. */
  constructor(parts: HostedModuleParts) {
    this.#name = parts.name;
    this.#module = parts.module;
    this.#subscription = matcherOf(parts);
    this.source = parts.source;
    this.#timeoutMs = parts.timeoutMs;
    this.#observer = parts.observer;
  }

  /** What the configuration calls it. */
  get name(): string {
    return this.#name;
  }

  /** Whether it can be called. */
  get isReady(): boolean {
    return this.#state === "ready";
  }

  /**
   * Whether it wants to see events of this type.
   *
   * @throws {ModuleError} When its subscription throws.
   */
  matches(type: EventType): boolean {
    return this.#now("matches", () => this.#subscription.matches(type));
  }

  /** @throws {ModuleError} When that fails. */
  async start(sessionId: number): Promise<void> {
    await this.#attempt("onSessionStart", () => this.#module.onSessionStart?.(sessionId));
  }

  /**
   * Nothing is called while it hangs; it is told afterwards.
   *
   * @throws {ModuleError} When that fails.
   */
  async stop(sessionId: number): Promise<void> {
    if (this.#state === "hanging") this.#missedStop = sessionId;
    else await this.#attempt("onSessionStop", () => this.#module.onSessionStop?.(sessionId));
  }

  /**
   * Has it process an event. What it answers at once is taken at once: then there is nothing to wait
   * for.
   *
   * @throws {ModuleError} When that fails.
   */
  process(source: Source, event: HatEvent, take: TakeMade): Promise<void> | undefined {
    const answer = this.#now("process", () => this.#module.process(source, event));
    if (answer === undefined) return undefined;
    if (isIterable(answer)) return this.#now("process", () => takeAll(answer, take));
    return this.#within("process", (late) => takeLater(answer, take, late));
  }

  /** Ends it; failures are reported. */
  async close(): Promise<void> {
    try {
      await this.#attempt("dispose", () => this.#module[Symbol.asyncDispose]?.());
    } catch (error) {
      this.#report("dispose", error);
    }
    this.#state = "closed";
  }

  async #attempt(call: ModuleCall, run: () => void | Promise<void>): Promise<void> {
    const running = this.#now(call, run);
    if (running !== undefined) await this.#within(call, () => running);
  }

  /** @throws {ModuleError} When it throws. */
  #now<T>(call: ModuleCall, run: () => T): T {
    try {
      return run();
    } catch (error) {
      throw this.#failure(call, error);
    }
  }

  async #within(call: ModuleCall, run: (late: Lateness) => PromiseLike<void>): Promise<void> {
    const late: Lateness = { isLate: false };
    const running = run(late);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        late.isLate = true;
        resolve();
      }, this.#timeoutMs);
    });
    try {
      await Promise.race([running, timeout]);
    } catch (error) {
      throw this.#failure(call, error);
    } finally {
      clearTimeout(timer);
    }
    if (!late.isLate) return;
    this.#hang(call, running);
    throw new ModuleError(this.#name, call, `has not ended after ${this.#timeoutMs} ms`);
  }

  #hang(call: ModuleCall, running: PromiseLike<void>): void {
    if (this.#state !== "ready") return;
    this.#state = "hanging";
    this.#observer({ kind: "module-hangs", module: this.#name, call });
    const back = () => void this.#comeBack();
    running.then(back, back);
  }

  async #comeBack(): Promise<void> {
    if (this.#state !== "hanging") return;
    const sessionId = this.#missedStop;
    this.#missedStop = undefined;
    this.#state = "ready";
    try {
      if (sessionId !== undefined) await this.stop(sessionId);
    } catch (error) {
      this.#report("onSessionStop", error);
    }
    if (this.isReady) this.#observer({ kind: "module-back", module: this.#name });
  }

  #failure(call: ModuleCall, error: unknown): Error {
    if (error instanceof SessionLimitError) return error;
    const reason = error instanceof Error ? error.message : String(error);
    return new ModuleError(this.#name, call, `failed: ${reason}`, { cause: error });
  }

  #report(call: ModuleCall, error: unknown): void {
    this.#observer({ kind: "module-failed", module: this.#name, call, error });
  }
}

/** Whether nobody waits for a call any more. */
interface Lateness {
  isLate: boolean;
}

function matcherOf({ name, module: { subscription } }: HostedModuleParts): TypeMatcher {
  if (Array.isArray(subscription)) return new Subscription(subscription);
  if (subscription instanceof Object && "matches" in subscription) return subscription;
  throw new TypeError(
    `Cannot start module '${name}' as 'subscription' must be query types or a Subscription: ` +
      `current value is ${String(subscription)}`,
  );
}

function isIterable(answer: NonNullable<unknown>): answer is Iterable<RegisterEventInit> {
  return Symbol.iterator in Object(answer);
}

function takeAll(events: Iterable<RegisterEventInit>, take: TakeMade): undefined {
  for (const event of events) take(event);
}

async function takeLater(
  answer: NonNullable<Exclude<ProcessResult, void>>,
  take: TakeMade,
  late: Lateness,
): Promise<void> {
  const events: MadeEvents | void = await answer;
  if (events === undefined || late.isLate) return;
  for await (const event of events) {
    if (late.isLate) return;
    take(event);
  }
}
