import type { Engine } from "../engine/engine.ts";
import type { Module, ModuleFactory } from "../engine/module.ts";
import type { Source } from "../engine/source.ts";
import { type BridgeOptions, checkBridgeOptions, DEFAULT_BRIDGE_NAME } from "./bridge_options.ts";
import { BridgePosition, type PositionName } from "./bridge_position.ts";
import { Retry } from "./retry.ts";
import { ToHatFlow } from "./to_hat_flow.ts";
import { ToTheiaFlow } from "./to_theia_flow.ts";

/**
 * A module that joins an event server and a collector: Theia events become Hat events under one prefix,
 * Hat events under another one become Theia events. Each event arrives once, whichever side is away or
 * restarted meanwhile, as long as the server keeps its events.
 *
 * @example
 * ```ts
 * import { createEvent, type Event } from "@theia/collector/event";
 * import { createBridge, MemoryBackend, SessionEngine } from "@theia/collector/hat";
 *
 * const bridge = createBridge({
 *   toHat: {
 *     prefix: ["theia"],
 *     async *feed(_since, { onCursor }) {
 *       onCursor(0);
 *       yield [createEvent({ source: "oven", tags: ["kitchen"], content: "212 °C" })];
 *     },
 *   },
 *   toTheia: {
 *     prefix: ["plant"],
 *     push(events: readonly Event[]) {
 *       for (const { source, content } of events) console.log(source, content);
 *       return Promise.resolve({ rejected: [] });
 *     },
 *   },
 * });
 * await using backend = new MemoryBackend();
 * await using engine = await SessionEngine.start({ serverId: 1, backend, modules: [bridge] });
 * ```
 *
 * @throws {TypeError} When a prefix is none.
 * @throws {RangeError} When events would go round in circles.
 */
export function createBridge(options: BridgeOptions): ModuleFactory {
  checkBridgeOptions(options);
  const { name = DEFAULT_BRIDGE_NAME } = options;
  return { name, create: (engine, source) => new Bridge(name, options, engine, source) };
}

/** The bridge of an engine; it lives beside the sessions, not in them. */
class Bridge implements Module {
  readonly subscription = [];
  readonly #ending = new AbortController();
  readonly #flows: readonly (ToHatFlow | ToTheiaFlow)[];
  readonly #running: Promise<unknown>;

  constructor(bridge: string, options: BridgeOptions, engine: Engine, source: Source) {
    const { toHat, toTheia, backoff, observer = () => {} } = options;
    const { signal } = this.#ending;
    const position = (name: PositionName) => new BridgePosition({ engine, source, bridge, name });
    const retry = (direction: "to-hat" | "to-theia") =>
      new Retry({ bridge, direction, observer, backoff, signal });
    const common = { engine, source, bridge, observer, signal };
    this.#flows = [
      ...toHat === undefined ? [] : [
        new ToHatFlow({
          ...common,
          options: toHat,
          position: position("cursor"),
          retry: retry("to-hat"),
        }),
      ],
      ...toTheia === undefined ? [] : [
        new ToTheiaFlow({
          ...common,
          options: toTheia,
          position: position("pushed"),
          retry: retry("to-theia"),
        }),
      ],
    ];
    this.#running = Promise.all(this.#flows.map((flow) => flow.run()));
  }

  process(): void {}

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort(new DOMException("The bridge ended", "AbortError"));
    await this.#running;
    for (const flow of this.#flows) await flow.close();
  }
}
