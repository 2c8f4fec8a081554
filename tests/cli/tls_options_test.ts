import assert from "node:assert/strict";
import { type Certificates, testWithCertificates } from "../certificates.ts";
import { RunningCollector, RunningCommand, runToEnd } from "./running_command.ts";

async function makeAll(certificates: Certificates): Promise<void> {
  for (const name of ["ours", "theirs"]) await certificates.makeAuthority(name);
  await certificates.makeServer("server", "ours", "DNS:localhost");
}

testWithCertificates(
  "collect, simulate and query use TLS with --cert, --secure and --ca-file",
  async (certificates) => {
    await makeAll(certificates);
    const [cert, key, ca] = ["server.pem", "server.key", "ours.pem"].map((name) =>
      certificates.path(name)
    );
    await using collector = await RunningCollector.start(
      ...["--store", "memory:", "--cert", cert ?? "", "--key", key ?? ""],
    );
    assert.match(collector.stdout.text, /listening on wss:\/\/localhost:/);
    assert.match(collector.stdout.text, /page is at https:\/\/localhost:/);
    const tls = ["-P", collector.port, "--secure", "--ca-file", ca ?? ""];
    const made = await runToEnd([
      ...["simulate", ...tls, "--count", "3", "--delay", "0", "-c", "hello", "--quiet"],
    ]);
    assert.equal(made.code, 0, made.stderr);
    const found = await runToEnd(["query", ...tls, "-F", "{content}"]);
    assert.equal(found.stdout, "hello\nhello\nhello\n", found.stderr);
    await using _ = new RunningCommand(["simulate", ...tls, "--delay", "0.01", "--quiet"]);
    const followed = await runToEnd(["query", ...tls, "--live", "--limit", "1"]);
    assert.equal(followed.code, 0, followed.stderr);
  },
);

testWithCertificates(
  "query says which option names the authority of a collector",
  async (certificates) => {
    await makeAll(certificates);
    await using collector = await RunningCollector.start(
      ...["--store", "memory:", "--cert", certificates.path("server.pem")],
      ...["--key", certificates.path("server.key")],
    );
    for (const more of [[], ["--ca-file", certificates.path("theirs.pem")]]) {
      const { code, stderr } = await runToEnd(["query", "-P", collector.port, "--secure", ...more]);
      assert.equal(code, 1);
      assert.match(stderr, /must be signed by an authority that is trusted here; .*'--ca-file'/);
    }
  },
);

testWithCertificates(
  "TLS options that do not go together, or name other files, are refused",
  async (certificates) => {
    await makeAll(certificates);
    const [pem, key] = [certificates.path("ours.pem"), certificates.path("ours.key")];
    const none = certificates.path("none.pem");
    for (
      const [args, message] of [
        [["query", "--ca-file", pem], /'--ca-file' as it must stand beside '--secure'/],
        [["query", "--secure", "--ca-file", none], /'--ca-file' as '.*none.pem' cannot be read: /],
        [
          ["query", "--secure", "--ca-file", key],
          /'--ca-file' .* must hold '-----BEGIN CERTIFICATE/,
        ],
        [["collect", "--live", "--cert", pem], /'--cert' as it must stand beside '--key'/],
        [["collect", "--live", "--key", key], /'--key' as it must stand beside '--cert'/],
        [["collect", "--live", "--cert", pem, "--key", pem], /'--key' .*BEGIN PRIVATE KEY/],
      ] as const
    ) {
      const { code, stderr } = await runToEnd(args);
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
    }
  },
);
