import type { Backend } from "../../../lib/hat/backend.ts";
import { MemoryBackend } from "../../../lib/hat/backends/memory_backend.ts";
import type { HatEvent, RegisterEvent } from "../../../lib/hat/event.ts";
import {
  EventerClient,
  type EventerClientOptions,
} from "../../../lib/hat/eventer/eventer_client.ts";
import {
  EventServer,
  type EventServerNotice,
  type EventServerOptions,
} from "../../../lib/hat/server/event_server.ts";
import { until } from "../../e2e/until.ts";

/** Short, so that nothing in these tests waits for it for long. */
const FLUSH_PERIOD_MS = 10;

/** A backend in memory that flushes often. */
export function quickBackend(): MemoryBackend {
  return new MemoryBackend({ flushPeriodMs: FLUSH_PERIOD_MS });
}

/** An event server on a free port, with what it notices. */
export class RunningServer implements AsyncDisposable {
  private constructor(
    readonly server: EventServer,
    readonly backend: Backend,
    readonly notices: readonly EventServerNotice[],
  ) {}

  static async start(
    backend: Backend,
    options: Partial<EventServerOptions> = {},
  ): Promise<RunningServer> {
    const notices: EventServerNotice[] = [];
    const server = await EventServer.start({
      serverId: 1,
      port: 0,
      closeTimeoutMs: 1_000,
      // As often as possible, but never in the same turn.
      syncBackoff: { sleep: () => new Promise((resolve) => setTimeout(resolve, 1)) },
      ...options,
      backend,
      observer: (notice) => void notices.push(notice),
    });
    return new RunningServer(server, backend, notices);
  }

  get port(): number {
    return this.server.port;
  }

  /** Connects a client. */
  async connect(options: Partial<EventerClientOptions> = {}): Promise<EventerClient> {
    return await EventerClient.connect({ clientName: "test", port: this.port, ...options });
  }

  /** Waits for a notice of that kind. */
  async notice<K extends EventServerNotice["kind"]>(
    kind: K,
  ): Promise<Extract<EventServerNotice, { readonly kind: K }>> {
    const found = () => this.notices.find((notice) => notice.kind === kind);
    await until(`a notice of kind ${kind}`, () => found() !== undefined);
    return found() as Extract<EventServerNotice, { readonly kind: K }>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }
}

/** Events to register of types such as `a/b`. */
export function register(...types: string[]): RegisterEvent[] {
  return types.map((type) => ({
    type: type.split("/"),
    sourceTimestamp: undefined,
    payload: undefined,
  }));
}

/** All events of a server in a backend. */
export async function eventsOf(backend: Backend, serverId: number): Promise<readonly HatEvent[]> {
  const events: HatEvent[] = [];
  for (let moreFollows = true; moreFollows;) {
    const lastEventId = events.at(-1)?.id;
    const page = await backend.query({ kind: "server", serverId, lastEventId });
    events.push(...page.events);
    moreFollows = page.moreFollows;
  }
  return events;
}
