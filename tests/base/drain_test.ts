import assert from "node:assert/strict";
import { waitForDrain } from "../../lib/base/drain.ts";

Deno.test("waitForDrain resolves at once where there is room", async () => {
  const socket = { bufferedAmount: 10, readyState: WebSocket.OPEN };
  assert.equal(await waitForDrain(socket, 10), true);
});

Deno.test("waitForDrain waits until the socket has sent enough", async () => {
  let looks = 0;
  const socket = {
    get bufferedAmount(): number {
      return Math.max(0, 100 - 10 * ++looks);
    },
    readyState: WebSocket.OPEN,
  };
  assert.equal(await waitForDrain(socket, 0), true);
  assert(looks >= 10);
});

Deno.test("waitForDrain says when the socket is no longer open", async () => {
  const socket = { bufferedAmount: 10, readyState: WebSocket.OPEN as number };
  const waiting = waitForDrain(socket, 0);
  socket.readyState = WebSocket.CLOSED;
  assert.equal(await waiting, false);
});

Deno.test("waitForDrain rejects with the signal's reason", async () => {
  const controller = new AbortController();
  const waiting = waitForDrain(
    { bufferedAmount: 10, readyState: WebSocket.OPEN },
    0,
    controller.signal,
  );
  controller.abort(new Error("enough"));
  await assert.rejects(waiting, /enough/);
});
