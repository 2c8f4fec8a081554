import assert from "node:assert/strict";
import { needing } from "../installed.ts";
import { CollectorProgram } from "./collector_program.ts";
import { SOURCE } from "./program.ts";
import { until } from "./until.ts";

/** More than the program opens itself by far, and soon used up. */
const OPEN_FILES = 200;

const BASH = { bash: "bash" };

Deno.test(
  needing(BASH, "theia collect survives more connections than there may be open files"),
  async () => {
    const limited = ["bash", "-c", `ulimit -n ${OPEN_FILES}; exec "$@"`, "bash", ...SOURCE.command];
    await using collector = await CollectorProgram.start(["--store", "memory:"], {
      program: { command: limited },
    });
    const { port } = collector;
    const url = `http://127.0.0.1:${port}/healthz`;
    const connections: Deno.TcpConn[] = [];
    try {
      await until("a connection that is not taken", async () => {
        for (let i = 0; i < OPEN_FILES; i++) {
          try {
            connections.push(await Deno.connect({ hostname: "127.0.0.1", port }));
          } catch {
            return true;
          }
        }
        return false;
      });
      await collector.running.line("stderr", /Nobody could connect for a moment: .*open files/);
    } finally {
      for (const connection of connections) connection.close();
    }
    await until("an answer", async () => {
      try {
        return await (await fetch(url)).text() === "ok\n";
      } catch {
        return false;
      }
    });
    assert.equal((await collector.stop()).code, 0);
  },
);
