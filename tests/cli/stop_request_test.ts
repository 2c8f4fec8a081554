import assert from "node:assert/strict";
import { aborted, StopRequest, StopRequests, unlessAborted } from "../../lib/cli/stop_request.ts";
import { FakeEnvironment } from "./fake_environment.ts";

Deno.test("StopRequests takes the signals over when asked for, and gives them back", () => {
  const environment = new FakeEnvironment();
  {
    using requests = new StopRequests(environment);
    assert.equal(environment.listeners, 0);
    assert.equal(requests.signal.aborted, false);
    assert.equal(environment.listeners, 1);
    assert.equal(requests.signal, requests.signal);
    assert.equal(environment.listeners, 1);
  }
  assert.equal(environment.listeners, 0);
});

Deno.test("StopRequests asks to stop at the first signal and insists at a later one", async () => {
  const environment = new FakeEnvironment();
  let now = 1000;
  environment.now = () => now;
  using requests = new StopRequests(environment);
  let insisted = false;
  void requests.insisted.then(() => insisted = true);
  const stopped = aborted(requests.signal);
  environment.stop();
  await stopped;
  await aborted(requests.signal);
  assert(requests.signal.reason instanceof StopRequest);
  now += 499;
  environment.stop();
  await Promise.resolve();
  assert.equal(insisted, false);
  now += 1;
  environment.stop();
  await requests.insisted;
});

Deno.test("unlessAborted gives what the promise gives, or the signal's reason", async () => {
  const stop = new AbortController();
  assert.equal(await unlessAborted(Promise.resolve(7), stop.signal), 7);
  await assert.rejects(unlessAborted(Promise.reject(new Error("no")), stop.signal), /no/);
  const waiting = unlessAborted(new Promise(() => {}), stop.signal);
  stop.abort(new Error("enough"));
  await assert.rejects(waiting, /enough/);
  await assert.rejects(unlessAborted(new Promise(() => {}), stop.signal), /enough/);
});
