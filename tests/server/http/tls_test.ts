import assert from "node:assert/strict";
import { testWithCertificates } from "../../certificates.ts";
import { createEvent } from "../../../lib/event/event.ts";
import { toRawEvent } from "../../../lib/event/text_format.ts";
import { Bench, frames, numbered, until } from "../fixtures.ts";
import { SearchedStore } from "./fixtures.ts";

testWithCertificates(
  "Collector answers HTTP by TLS, and its own page's origin there",
  async (certificates) => {
    await certificates.makeAuthority("ca");
    await certificates.makeServer("server", "ca", "DNS:localhost,IP:127.0.0.1");
    const read = (name: string) => Deno.readTextFile(certificates.path(name));
    const tls = { cert: await read("server.pem"), key: await read("server.key") };
    await using bench = await Bench.start({ tls });
    using client = Deno.createHttpClient({ caCerts: [await read("ca.pem")] });
    const url = `https://localhost:${bench.collector.port}`;
    const body = frames(...numbered("t", 3)).slice();
    const pushed = await fetch(`${url}/events`, { method: "POST", body, client });
    assert.equal((await pushed.json()).events, 3);
    const found = await fetch(`${url}/events`, { client });
    assert.equal((await found.text()).trim().split("\n").length, 3);
    assert.equal(found.headers.get("theia-cursor"), "3");
    const own = await fetch(`${url}/stats`, { client, headers: { origin: url } });
    assert.equal((await own.json()).matched, 3);
    const other = await fetch(`${url}/stats`, {
      client,
      headers: { origin: "https://evil.example" },
    });
    assert.equal(other.status, 403);
    await other.body?.cancel();
  },
);

testWithCertificates(
  "GET /events by HTTP/2 holds back, stops and breaks as by HTTP/1.1",
  async (certificates) => {
    await certificates.makeAuthority("ca");
    await certificates.makeServer("server", "ca", "DNS:localhost,IP:127.0.0.1");
    const read = (name: string) => Deno.readTextFile(certificates.path(name));
    const tls = { cert: await read("server.pem"), key: await read("server.key") };
    const store = new SearchedStore();
    const batch = numbered("e", 1000, "x".repeat(1000)).map((init) =>
      toRawEvent(createEvent(init))
    );
    const state: { failure?: Error } = {};
    store.makeBatches = async function* () {
      while (state.failure === undefined) yield batch;
      await Promise.resolve();
      throw state.failure;
    };
    await using bench = await Bench.start({ store, tls });
    using client = Deno.createHttpClient({ caCerts: [await read("ca.pem")], http1: false });
    const url = `https://localhost:${bench.collector.port}/events`;
    const left = (await fetch(url, { client })).body?.getReader();
    await left?.read();
    let before = -1;
    while (store.batches !== before) {
      before = store.batches;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    assert.ok(before < 64, `${before} MB were read ahead`);
    await left?.cancel();
    await until(() => store.ended === 1);
    const torn = (await fetch(url, { client })).body?.getReader();
    await torn?.read();
    state.failure = new Error("broken");
    await assert.rejects(async () => {
      while ((await torn?.read())?.done === false);
    });
    await bench.notice("search-failed");
  },
);
