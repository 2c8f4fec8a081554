import type { HatEvent } from "../event.ts";
import type { EventType } from "../event_type.ts";
import type { Engine } from "./engine.ts";
import type { RegisterEventInit } from "./register_event_init.ts";
import type { Source } from "./source.ts";

/** Several events to be made, one after another. */
export type MadeEvents = Iterable<RegisterEventInit> | AsyncIterable<RegisterEventInit>;

/** What {@linkcode Module.process} answers: events to be made, or nothing. */
export type ProcessResult = MadeEvents | Promise<MadeEvents | void> | void;

/** Whatever chooses among types; a `Subscription` does. */
export interface TypeMatcher {
  /** Whether events of this type are wanted. */
  matches(type: EventType): boolean;
}

/**
 * Takes part in each session of an engine: sees the events it subscribes to, and adds others.
 *
 * A session begins with `onSessionStart` of every module, in the configured order. Then there are
 * rounds: for each module in order, `process` is called with each event of the round that it subscribes
 * to, in order. Events made in a round are those of the next one, for all modules, their maker too. When
 * a round makes none, `onSessionStop` of every module is called, and all events are registered together.
 *
 * A call that throws, or that has not ended after the time limit of the engine, makes the session fail:
 * none of its events is registered. `onSessionStop` is then called all the same. A module whose call
 * still runs takes no part in sessions until it has ended. A module must not block the thread: nothing
 * can interrupt that.
 *
 * @example A module that answers each reading with an alarm when it is hot
 * ```ts
 * import { MemoryBackend, type Module, SessionEngine } from "@theia/collector/hat";
 * import assert from "node:assert/strict";
 *
 * const guard: Module = {
 *   subscription: [["oven", "?", "temperature"]],
 *   *process(_source, { type, payload }) {
 *     const isHot = payload?.kind === "json" && Number(payload.data) > 200;
 *     if (isHot) yield { type: ["alarm", ...type] };
 *   },
 * };
 * await using backend = new MemoryBackend();
 * const modules = [{ name: "guard", create: () => guard }];
 * await using engine = await SessionEngine.start({ serverId: 1, backend, modules });
 * const payload = { kind: "json", data: 212 } as const;
 * await engine.register({ type: "eventer", id: 1 }, [
 *   { type: ["oven", "1", "temperature"], payload },
 * ]);
 * const { events } = await engine.query({ kind: "latest", eventTypes: [["alarm", "*"]] });
 * assert.deepEqual(events[0]?.type, ["alarm", "oven", "1", "temperature"]);
 * ```
 */
export interface Module {
  /** The events it wants to see: a `Subscription`, or its query types. */
  readonly subscription: TypeMatcher | readonly EventType[];

  /** A session begins. */
  onSessionStart?(sessionId: number): void | Promise<void>;

  /** A session ends; also one that failed. */
  onSessionStop?(sessionId: number): void | Promise<void>;

  /**
   * Sees an event, which is not yet registered.
   *
   * @param source Who made it: the registrant in the first round, a module in later ones.
   * @returns Events to be made.
   */
  process(source: Source, event: HatEvent): ProcessResult;

  /** Ends what it does on its own. Until then it may register events through the engine. */
  [Symbol.asyncDispose]?(): Promise<void>;
}

/** Makes a module when an engine starts. */
export interface ModuleFactory {
  /** For notices: what the configuration calls it. */
  readonly name: string;

  /**
   * Makes it, within the time limit of the engine for calls.
   *
   * @param engine Processes what the module registers on its own, once all modules are made: this must
   * not wait for that.
   * @param source What the module must register as.
   */
  create(engine: Engine, source: Source): Module | Promise<Module>;
}
