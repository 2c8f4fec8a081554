import type { Backend } from "../backend.ts";
import type { Engine } from "../engine/engine.ts";
import type { HatEvent, RegisterEvent } from "../event.ts";
import type { EventerClientInfo, EventerService } from "../eventer/eventer_service.ts";
import { EventPayloadJson } from "../payload.ts";
import type { QueryParams, QueryResult, Status } from "../query.ts";

/** Joins an engine and its backend to the doors: what clients are told, and how they register and query. */
export class EngineService implements EventerService {
  readonly #backend: Backend;
  readonly #listeners = new Set<(status: Status) => void>();
  #engine: Engine | undefined;
  #status: Status = "starting";

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  get status(): Status {
    return this.#status;
  }

  /** From now on clients register with this engine. */
  operate(engine: Engine): void {
    this.#engine = engine;
    this.#set("operational");
  }

  /** From now on nothing is registered for clients. */
  stop(): void {
    this.#engine = undefined;
    this.#set("stopping");
  }

  /** All that was registered is on disk, and nothing follows. */
  stopped(): void {
    this.#set("standby");
  }

  onStatus(callback: (status: Status) => void): Disposable {
    this.#listeners.add(callback);
    return { [Symbol.dispose]: () => void this.#listeners.delete(callback) };
  }

  async register(
    { id }: EventerClientInfo,
    events: readonly RegisterEvent[],
  ): Promise<readonly HatEvent[] | undefined> {
    return await this.#engine?.register({ type: "eventer", id }, events);
  }

  query(params: QueryParams): Promise<QueryResult> {
    return this.#backend.query(params);
  }

  onRegistered(callback: (events: readonly HatEvent[]) => void): Disposable {
    return this.#backend.onRegistered(callback);
  }

  onFlushed(callback: (events: readonly HatEvent[]) => void): Disposable {
    return this.#backend.onFlushed(callback);
  }

  async clientConnected(client: EventerClientInfo): Promise<void> {
    await this.#tell(client, "CONNECTED");
  }

  async clientDisconnected(client: EventerClientInfo): Promise<void> {
    await this.#tell(client, "DISCONNECTED");
  }

  /** Clients come and go also while there is no engine to tell it. */
  async #tell(client: EventerClientInfo, state: "CONNECTED" | "DISCONNECTED"): Promise<void> {
    if (this.#engine === undefined) return;
    await this.register(client, [{
      type: ["event", String(this.#engine.serverId), "eventer", client.name],
      sourceTimestamp: undefined,
      payload: EventPayloadJson.of(state),
    }]);
  }

  #set(status: Status): void {
    this.#status = status;
    for (const listener of this.#listeners) listener(status);
  }
}
