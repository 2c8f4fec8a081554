import assert from "node:assert/strict";
import { type Certificates, testWithCertificates } from "../../certificates.ts";
import { Bench, frames, numbered, until } from "../fixtures.ts";
import { bigBatch, resting, SearchedStore } from "./fixtures.ts";

/** What a collector and its clients need to trust each other. */
async function makeTrust(certificates: Certificates): Promise<{
  readonly tls: { readonly cert: string; readonly key: string };
  readonly caCerts: string[];
}> {
  await certificates.makeAuthority("ca");
  await certificates.makeServer("server", "ca", "DNS:localhost,IP:127.0.0.1");
  return {
    tls: { cert: certificates.read("server.pem"), key: certificates.read("server.key") },
    caCerts: [certificates.read("ca.pem")],
  };
}

testWithCertificates(
  "Collector answers HTTP by TLS, and its own page's origin there",
  async (certificates) => {
    const { tls, caCerts } = await makeTrust(certificates);
    await using bench = await Bench.start({ tls });
    using client = Deno.createHttpClient({ caCerts });
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
    const { tls, caCerts } = await makeTrust(certificates);
    const store = new SearchedStore();
    const batch = bigBatch();
    const state: { failure?: Error } = {};
    store.makeBatches = async function* () {
      while (state.failure === undefined) yield batch;
      await Promise.resolve();
      throw state.failure;
    };
    await using bench = await Bench.start({ store, tls });
    using client = Deno.createHttpClient({ caCerts, http1: false });
    const url = `https://localhost:${bench.collector.port}/events`;
    // Compressed, far more would be in the sockets.
    const headers = { "accept-encoding": "identity" };
    const left = (await fetch(url, { client, headers })).body?.getReader();
    await left?.read();
    const batches = await resting(() => store.batches);
    assert.ok(batches < 64, `${batches} MB were read ahead`);
    await left?.cancel();
    await until(() => store.ended === 1);
    const torn = (await fetch(url, { client, headers })).body?.getReader();
    await torn?.read();
    state.failure = new Error("broken");
    await assert.rejects(async () => {
      while ((await torn?.read())?.done === false);
    });
    await bench.notice("search-failed");
  },
);
