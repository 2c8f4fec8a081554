import assert from "node:assert/strict";
import { testWithCertificates } from "../../certificates.ts";
import { Bench, frames, numbered } from "../fixtures.ts";

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
