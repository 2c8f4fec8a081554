import type { EngineNotice } from "../../../lib/hat/engine/engine_notice.ts";
import type { EngineLimits } from "../../../lib/hat/engine/engine_limits.ts";
import type { Module, ModuleFactory } from "../../../lib/hat/engine/module.ts";
import type { RegisterEventInit } from "../../../lib/hat/engine/register_event_init.ts";
import { SessionEngine } from "../../../lib/hat/engine/session_engine.ts";
import type { Source } from "../../../lib/hat/engine/source.ts";
import type { HatEvent } from "../../../lib/hat/event.ts";
import { until } from "../../e2e/until.ts";
import { FakeBackend } from "./fake_backend.ts";

/** A client of the eventer server. */
export const CLIENT: Source = { type: "eventer", id: 7 };

/** An engine over a fake backend, with what it notices. */
export class EngineFixture implements AsyncDisposable {
  private constructor(
    readonly engine: SessionEngine,
    readonly backend: FakeBackend,
    readonly notices: readonly EngineNotice[],
  ) {}

  static async start(
    modules: readonly (Module | ModuleFactory)[],
    limits: Partial<EngineLimits> = {},
    backend: FakeBackend = new FakeBackend(),
  ): Promise<EngineFixture> {
    const notices: EngineNotice[] = [];
    const engine = await SessionEngine.start({
      serverId: 3,
      backend,
      modules: modules.map((module, i) =>
        "create" in module ? module : { name: `m${i}`, create: () => module }
      ),
      limits,
      observer: (notice) => void notices.push(notice),
    });
    return new EngineFixture(engine, backend, notices);
  }

  /** Registers events of these types; gives their ids as text. */
  async register(...types: string[]): Promise<string[] | undefined> {
    const events = await this.engine.register(CLIENT, types.map(init));
    return events?.map(describe);
  }

  /** The events of the last session, as text. */
  get lastSession(): string[] {
    return (this.backend.sessions.at(-1) ?? []).map(describe);
  }

  /** Waits for a notice of that kind. */
  async notice(kind: EngineNotice["kind"]): Promise<EngineNotice> {
    const found = () => this.notices.find((notice) => notice.kind === kind);
    await until(`a notice of kind ${kind}`, () => found() !== undefined);
    return found() as EngineNotice;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine[Symbol.asyncDispose]();
  }
}

/** An event of a type such as `a/b`. */
export function init(type: string): RegisterEventInit {
  return { type: type.split("/") };
}

/** Such as `2.1 a/b`: session, instance, type. */
export function describe({ id, type }: HatEvent): string {
  return `${id.session}.${id.instance} ${type.join("/")}`;
}
