import type { HatEvent, RegisterEvent } from "../event.ts";
import type { Timestamp } from "../timestamp.ts";
import type { EngineLimits } from "./engine_limits.ts";
import type { EngineNotice, ModuleCall } from "./engine_notice.ts";
import type { HostedModule } from "./hosted_module.ts";
import { type RegisterEventInit, toRegisterEvent } from "./register_event_init.ts";
import { SessionLimitError } from "./session_error.ts";
import { SessionSize } from "./session_size.ts";
import type { Source } from "./source.ts";

/** What {@linkcode Session} works with. */
export interface SessionParts {
  readonly serverId: number;
  readonly sessionId: number;
  /** When all events of the session are registered. */
  readonly timestamp: Timestamp;
  /** Those that take part, in order. */
  readonly modules: readonly HostedModule[];
  readonly limits: EngineLimits;
  readonly observer: (notice: EngineNotice) => void;
}

/** An event of a round, and who made it. */
interface Made {
  readonly source: Source;
  readonly event: HatEvent;
}

/** One session: events become those of a server, and modules add others until none does. */
export class Session {
  readonly #parts: SessionParts;
  readonly #events: HatEvent[] = [];
  readonly #size: SessionSize;
  #requested = 0;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#size = new SessionSize(parts.sessionId);
  }

  /**
   * Runs it.
   *
   * @returns All events, in the order of their ids: first those requested.
   * @throws {ModuleError} When a module fails.
   * @throws {SessionLimitError} When it comes to no end, or its events take too much.
   */
  async run(source: Source, requested: readonly RegisterEvent[]): Promise<readonly HatEvent[]> {
    const first = requested.map((event): Made => ({ source, event: this.#make(event) }));
    this.#requested = requested.length;
    if (this.#parts.modules.length === 0) return this.#events;
    const started: HostedModule[] = [];
    try {
      for (const module of this.#parts.modules) {
        started.push(module);
        await module.start(this.#parts.sessionId);
      }
      await this.#runRounds(first);
    } catch (error) {
      for (const failure of await this.#stop(started)) this.#report(failure);
      throw error;
    }
    const [failure, ...more] = await this.#stop(started);
    for (const next of more) this.#report(next);
    if (failure !== undefined) throw failure.error;
    return this.#events;
  }

  async #runRounds(first: readonly Made[]): Promise<void> {
    const { maxRounds } = this.#parts.limits;
    let round = first;
    for (let count = 0; round.length > 0; count++) {
      if (count === maxRounds) {
        throw this.#endless(`they made events in more than ${maxRounds} rounds`, round[0]);
      }
      round = await this.#runRound(round);
    }
  }

  async #runRound(round: readonly Made[]): Promise<readonly Made[]> {
    const next: Made[] = [];
    for (const module of this.#parts.modules) {
      const take = (init: RegisterEventInit) => void next.push(this.#add(init, module));
      for (const { source, event } of round) {
        if (!module.matches(event.type)) continue;
        const pending = module.process(source, event, take);
        if (pending !== undefined) await pending;
      }
    }
    return next;
  }

  #add(init: RegisterEventInit, { source }: HostedModule): Made {
    const { maxAddedEvents } = this.#parts.limits;
    const made = { source, event: this.#make(toRegisterEvent(init)) };
    if (this.#events.length - this.#requested > maxAddedEvents) {
      throw this.#endless(`they made more than ${maxAddedEvents} events`, made);
    }
    return made;
  }

  #make({ type, sourceTimestamp, payload }: RegisterEvent): HatEvent {
    this.#size.add({ type, sourceTimestamp, payload });
    const { serverId, sessionId, timestamp } = this.#parts;
    const instance = this.#events.length + 1;
    const id = { server: serverId, session: sessionId, instance };
    const event: HatEvent = { id, type, timestamp, sourceTimestamp, payload };
    this.#events.push(event);
    return event;
  }

  #endless(rule: string, last: Made | undefined): SessionLimitError {
    const { modules, sessionId } = this.#parts;
    const maker = modules.find(({ source }) => source === last?.source)?.name ?? "?";
    return new SessionLimitError(
      `Cannot finish session ${sessionId} of modules as ${rule}: module '${maker}' made ` +
        JSON.stringify(last?.event.type),
    );
  }

  async #stop(modules: readonly HostedModule[]): Promise<readonly StopFailure[]> {
    const failures: StopFailure[] = [];
    for (const module of modules) {
      try {
        await module.stop(this.#parts.sessionId);
      } catch (error) {
        failures.push({ module: module.name, error });
      }
    }
    return failures;
  }

  #report({ module, error }: StopFailure): void {
    const call: ModuleCall = "onSessionStop";
    this.#parts.observer({ kind: "module-failed", module, call, error });
  }
}

/** A module that could not end the session. */
interface StopFailure {
  readonly module: string;
  readonly error: unknown;
}
