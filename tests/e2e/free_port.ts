/**
 * Below the ports that systems give to clients (32768 to 60999 on Linux): nobody takes the port of a
 * collector that is down for a moment, nor does a client that connects to it reach itself.
 */
const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;

const COUNT = LAST_PORT - FIRST_PORT;

const ATTEMPTS = 50;

/** Where to go on looking: no port is given twice, as who asked for it may not listen there yet. */
let next = Math.floor(Math.random() * COUNT);

/** A port that nobody listens on, for programs that must come back to the same one. */
export function freePort(): number {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = FIRST_PORT + next++ % COUNT;
    if (isFree("127.0.0.1", port) && isFree("::1", port)) return port;
  }
  throw new Error(`No free port found from ${FIRST_PORT} to ${LAST_PORT}`);
}

function isFree(hostname: string, port: number): boolean {
  try {
    Deno.listen({ hostname, port }).close();
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.AddrInUse);
  }
}
