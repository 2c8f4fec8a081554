import assert from "node:assert/strict";
import type { RegisterEvent } from "../../../lib/hat/event.ts";
import { EventerClient } from "../../../lib/hat/eventer/eventer_client.ts";
import type { EventerNotice } from "../../../lib/hat/eventer/eventer_notice.ts";
import {
  EventerServer,
  type EventerServerOptions,
} from "../../../lib/hat/eventer/eventer_server.ts";
import { FakeClock } from "../fake_clock.ts";
import { FakeService } from "./fake_service.ts";
import { until } from "./peer.ts";

/** An event of which only the type matters. */
export const EVENT: RegisterEvent = { type: ["a"], sourceTimestamp: undefined, payload: undefined };

/** A server that has a good client, which must notice nothing of a bad one. */
export class BadInputBench implements AsyncDisposable {
  readonly service = new FakeService();
  readonly clock = new FakeClock();
  readonly #notices: EventerNotice[] = [];
  readonly server: EventerServer;
  #good: EventerClient | undefined;

  private constructor(options: Partial<EventerServerOptions>) {
    const observer = (notice: EventerNotice) => void this.#notices.push(notice);
    this.server = EventerServer.listen(this.service, {
      ...{ port: 0, clock: this.clock, observer },
      ...options,
    });
  }

  static async start(options: Partial<EventerServerOptions> = {}): Promise<BadInputBench> {
    const bench = new BadInputBench(options);
    bench.#good = await EventerClient.connect({
      port: bench.server.port,
      clientName: "good",
      subscriptions: [["a", "*"]],
      maxMessageBytes: 1 << 27,
    });
    return bench;
  }

  get port(): number {
    return this.server.port;
  }

  /** Why a connection failed; waits for it. */
  async failure(): Promise<string> {
    const find = () =>
      this.#notices.find((notice) =>
        notice.kind === "client-failed" || notice.kind === "stranger-failed"
      );
    await until(() => find() !== undefined, "the failure");
    const notice = find();
    const error = notice !== undefined && "error" in notice ? notice.error : undefined;
    return error instanceof Error ? error.message : String(error);
  }

  /** The good client is served as ever. */
  async checkGood(): Promise<void> {
    const registered = await this.#good?.register([{ ...EVENT, type: ["b"] }]);
    assert.equal(registered?.length, 1);
    const failures = this.#notices.filter((notice) =>
      notice.kind === "client-failed" && notice.client.name === "good"
    );
    assert.deepEqual(failures, []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#good?.close();
    await this.server.close();
  }
}
