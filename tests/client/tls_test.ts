import assert from "node:assert/strict";
import { Client, ConnectError, find, live } from "../../lib/client/mod.ts";
import { createEvent } from "../../lib/event/mod.ts";
import { Collector } from "../../lib/server/collector.ts";
import { MemoryStore } from "../../lib/store/memory/memory_store.ts";
import { type Certificates, testWithCertificates } from "../certificates.ts";

/** A collector with the certificate of this name. */
function listen(
  certificates: Certificates,
  name: string,
  store: MemoryStore,
): Promise<Collector> {
  const tls = { cert: certificates.read(`${name}.pem`), key: certificates.read(`${name}.key`) };
  return Collector.listen({ store, port: 0, tls });
}

testWithCertificates(
  "Client, find and live use TLS with an authority of one's own",
  async (certificates) => {
    await certificates.makeAuthority("ours");
    await certificates.makeServer("server", "ours", "DNS:localhost");
    await using store = new MemoryStore();
    await using collector = await listen(certificates, "server", store);
    const address = {
      host: "localhost",
      port: collector.port,
      secure: true,
      caCerts: [certificates.read("ours.pem")],
    };
    await using client = await Client.connect(address);
    assert.equal((await client.send([createEvent({ content: "secret" })])).events, 1);
    const found = await Array.fromAsync(find(address, {}));
    assert.deepEqual(found.map(({ content }) => content), ["secret"]);
    const followed = await Array.fromAsync(live(address, { since: 0, limit: 1 }));
    assert.deepEqual(followed.map(({ content }) => content), ["secret"]);
  },
);

for (
  const [what, prepare, message] of [
    [
      "is signed by an authority that is not trusted",
      async (certificates: Certificates) => {
        await certificates.makeAuthority("ours");
        await certificates.makeAuthority("theirs");
        await certificates.makeServer("server", "theirs", "DNS:localhost");
      },
      /must be signed by an authority that is trusted here; .* by 'caCerts', .*'--ca-file'/,
    ],
    [
      "names another host",
      async (certificates: Certificates) => {
        await certificates.makeAuthority("ours");
        await certificates.makeServer("server", "ours", "DNS:example.org");
      },
      /must name the host that is connected to/,
    ],
    [
      "has expired",
      async (certificates: Certificates) => {
        await certificates.makeAuthority("ours");
        await certificates.makeServer("server", "ours", "DNS:localhost", -1);
      },
      /must be valid now; check its dates and the clocks/,
    ],
    [
      "is that of the authority itself",
      async (certificates: Certificates) => {
        await certificates.makeAuthority("ours");
        await Deno.copyFile(certificates.path("ours.pem"), certificates.path("server.pem"));
        await Deno.copyFile(certificates.path("ours.key"), certificates.path("server.key"));
      },
      /must not be that of the authority/,
    ],
  ] as const
) {
  testWithCertificates(
    `Client.connect refuses a collector whose certificate ${what}`,
    async (certificates) => {
      await prepare(certificates);
      await using store = new MemoryStore();
      await using collector = await listen(certificates, "server", store);
      const connecting = Client.connect({
        host: "localhost",
        port: collector.port,
        secure: true,
        caCerts: [certificates.read("ours.pem")],
      });
      await assert.rejects(connecting, (error) => {
        assert.ok(error instanceof ConnectError);
        assert.equal(error.failure, "tls");
        assert.match(error.message, message);
        return true;
      });
    },
  );
}

testWithCertificates(
  "Client passes over a collector whose certificate it does not accept",
  async (certificates) => {
    for (const name of ["ours", "theirs"]) await certificates.makeAuthority(name);
    await certificates.makeServer("good", "ours", "DNS:localhost");
    await certificates.makeServer("bad", "theirs", "DNS:localhost");
    await using store = new MemoryStore();
    await using bad = await listen(certificates, "bad", new MemoryStore());
    await using good = await listen(certificates, "good", store);
    const reasons: string[] = [];
    await using client = await Client.connect({
      collectors: [{ port: bad.port }, { port: good.port }],
      secure: true,
      caCerts: [certificates.read("ours.pem")],
      onNotice: (notice) => {
        if (notice.kind === "disconnected") reasons.push(notice.reason);
      },
    });
    await client.send([createEvent()]);
    assert.equal(store.cursor, 1);
    assert.match(
      reasons.join("\n"),
      /^Cannot connect to collector at wss:.*signed by an authority/,
    );
  },
);

testWithCertificates(
  "Collector.listen refuses a certificate and a key that do not belong together",
  async (certificates) => {
    await certificates.makeAuthority("ours");
    await certificates.makeAuthority("theirs");
    const [cert, key] = [certificates.read("ours.pem"), certificates.read("theirs.key")];
    for (const tls of [{ cert, key }, { cert: "no", key }, { cert, key: "no" }]) {
      await assert.rejects(
        Collector.listen({ port: 0, tls }),
        /Cannot listen on localhost:0: certificate and key must be PEM and belong together/,
      );
    }
  },
);

Deno.test("Client.connect refuses what is no certificate", async () => {
  const damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  for (const cert of ["", "garbage", damaged]) {
    await assert.rejects(
      Client.connect({ secure: true, caCerts: [cert] }),
      /^TypeError: Cannot connect to collector as 'caCerts' must be certificates in PEM: current/,
    );
  }
});
