import { callbackContract } from "./contract/callbacks.ts";
import { eventContract } from "./contract/events.ts";
import { latestContract } from "./contract/latest.ts";
import { limitContract } from "./contract/limits.ts";
import { serverContract } from "./contract/server.ts";
import { timeseriesContract } from "./contract/timeseries.ts";
import type { OpenFixture } from "./fixtures.ts";

/** What every backend that keeps events must do. */
export function testBackend(name: string, open: OpenFixture): void {
  eventContract(name, open);
  latestContract(name, open);
  timeseriesContract(name, open);
  serverContract(name, open);
  callbackContract(name, open);
  limitContract(name, open);
}
