import assert from "node:assert/strict";
import { EventerClient } from "../../../lib/hat/eventer/eventer_client.ts";
import { EventerServer } from "../../../lib/hat/eventer/eventer_server.ts";
import { EventPayloadBinary } from "../../../lib/hat/payload.ts";
import { type Certificates, testWithCertificates } from "../../certificates.ts";
import { FakeService } from "./fake_service.ts";
import { Peer, until } from "./peer.ts";

const CLIENT = { hostname: "localhost", clientName: "me" };

async function start(certificates: Certificates, service: FakeService): Promise<EventerServer> {
  await certificates.makeAuthority("ca");
  await certificates.makeServer("server", "ca", "DNS:localhost,IP:127.0.0.1");
  const tls = { cert: certificates.read("server.pem"), key: certificates.read("server.key") };
  return EventerServer.listen(service, { port: 0, tls, maxQueuedBytes: 1 << 20 });
}

testWithCertificates(
  "Eventer registers over TLS, and closes after everything was sent",
  async (certificates) => {
    const service = new FakeService();
    await using server = await start(certificates, service);
    const { port } = server;
    const tls = { caCerts: [certificates.read("ca.pem")] };
    const client = await EventerClient.connect({ ...CLIENT, port, tls });
    const payload = new EventPayloadBinary("", new Uint8Array(1_000_000).fill(3));
    const event = { type: ["a"], sourceTimestamp: undefined, payload };
    const registered = await client.register([event]);
    assert.deepEqual(registered?.[0]?.payload, payload);
    for (let i = 0; i < 5; i++) void client.registerUnanswered([event]);
    await client.close();
    await until(() => service.registrations.length === 6, "all registrations");
    assert.equal(await client.ended, undefined);
  },
);

testWithCertificates(
  "Eventer refuses strangers over TLS, and ends who stops reading",
  async (certificates) => {
    const service = new FakeService();
    await using server = await start(certificates, service);
    const { port } = server;
    await assert.rejects(
      EventerClient.connect({ ...CLIENT, port, tls: {} }),
      Deno.errors.InvalidData,
    );
    using peer = await Peer.connect(port);
    await peer.write(new TextEncoder().encode("no TLS at all, but some bytes"));
    await peer.receiveEnd().catch(() => {});
    const tls = { caCerts: [certificates.read("ca.pem")] };
    const { promise, resolve } = Promise.withResolvers<void>();
    const client = await EventerClient.connect({
      ...{ ...CLIENT, port, tls, subscriptions: [["*"]], maxReceivedBytes: 1 },
      onEvents: () => promise,
    });
    const payload = new EventPayloadBinary("", new Uint8Array(1 << 20));
    for (let i = 0; i < 40 && server.clients.length > 0; i++) {
      service.make([{ type: ["a"], sourceTimestamp: undefined, payload }]);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => server.clients.length === 0, "the end of the slow client");
    resolve();
    assert(await client.ended !== undefined);
  },
);
