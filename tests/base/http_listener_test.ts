import assert from "node:assert/strict";
import { listenHttp } from "../../lib/base/http_listener.ts";

const onError = () => new Response("broken\n", { status: 500 });

Deno.test("listenHttp answers requests, those whose handler throws as well", async () => {
  const server = listenHttp({ hostname: "127.0.0.1", port: 0, onError }, (request) => {
    if (request.url.endsWith("/bad")) throw new Error("no");
    return new Response("good\n");
  });
  const origin = `http://127.0.0.1:${server.addr.port}`;
  assert.equal(await (await fetch(`${origin}/`)).text(), "good\n");
  assert.equal(await (await fetch(`${origin}/bad`)).text(), "broken\n");
  await server.shutdown();
});

Deno.test("listenHttp says why it cannot listen and what to do", async () => {
  const server = listenHttp({ hostname: "127.0.0.1", port: 0, onError }, onError);
  const { port } = server.addr;
  const options = { hostname: "127.0.0.1", port, shownAs: "localhost", onError };
  const message = new RegExp(`^Cannot listen on localhost:${port}: the port is in use; stop the`);
  assert.throws(() => listenHttp(options, onError), { message });
  await server.shutdown();
});
