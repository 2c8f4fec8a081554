import assert from "node:assert/strict";
import { EventerServer, type EventerServerOptions } from "../../lib/hat/eventer/eventer_server.ts";
import { MemoryBackend } from "../../lib/hat/backends/memory_backend.ts";
import { MAX_TIMER_MS } from "../../lib/base/max_timer.ts";
import { assertTimerMs } from "../../lib/hat/timer_ms.ts";
import { Wire } from "./chatter/wire.ts";
import { FakeService } from "./eventer/fake_service.ts";
import { FakeClock } from "./fake_clock.ts";

/** With none of these a timer waits for so long. */
const BAD_TIMES = [0, -5, NaN, Infinity, MAX_TIMER_MS + 1, 3e9];

Deno.test("assertTimerMs says what is wrong", () => {
  for (const ms of [0.5, 1, MAX_TIMER_MS]) assertTimerMs("wait", "delayMs", ms);
  for (const ms of BAD_TIMES) {
    assert.throws(() => assertTimerMs("wait", "delayMs", ms), {
      name: "RangeError",
      message: "Cannot wait as 'delayMs' must be positive and at most 2147483647 ms: " +
        `current value is ${ms}`,
    });
  }
});

Deno.test("EventerServer refuses times for which no timer waits, and listens not", () => {
  const service = new FakeService();
  const names = [
    ...["initTimeoutMs", "ackTimeoutMs"],
    ...["pingDelayMs", "pingTimeoutMs", "closeTimeoutMs"],
  ];
  for (const name of names) {
    for (const ms of BAD_TIMES) {
      const options: EventerServerOptions = { port: 0, [name]: ms };
      assert.throws(() => EventerServer.listen(service, options), {
        name: "RangeError",
        message: new RegExp(`'${name}' must be positive and at most`),
      });
    }
  }
  assert.equal(service.callbacks, 0);
});

Deno.test("MemoryBackend refuses periods for which no timer waits", () => {
  for (const flushPeriodMs of BAD_TIMES) {
    assert.throws(() => new MemoryBackend({ flushPeriodMs }), {
      name: "RangeError",
      message: /Cannot open backend as 'flushPeriodMs' must be positive and at most/,
    });
  }
});

Deno.test("ChatterConnection waits no longer than timers can", async () => {
  const clock = new FakeClock();
  const waits: number[] = [];
  const after = clock.after.bind(clock);
  clock.after = (ms, callback) => (waits.push(ms), after(ms, callback));
  await using wire = new Wire({
    clock,
    pingDelayMs: MAX_TIMER_MS,
    pingTimeoutMs: MAX_TIMER_MS,
  });
  wire.connection.send("A", new Uint8Array());
  await wire.receive();
  assert.deepEqual(waits, [MAX_TIMER_MS, MAX_TIMER_MS]);
});
