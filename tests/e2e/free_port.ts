/**
 * Below the ports that systems give to clients (32768 to 60999 on Linux): nobody takes the port of a
 * collector that is down for a moment, nor does a client that connects to it reach itself. Above those
 * that the documents name, as tests use these, too.
 */
const FIRST_PORT = 24_000;
const LAST_PORT = 32_000;

/** Ports that one file of tests has for itself: the first is held, the others are given. */
const SPAN = 50;

const SPANS = (LAST_PORT - FIRST_PORT) / SPAN;

/**
 * The first port of a span that nobody else has: files of tests run at the same time, also those of
 * another run. Who asks for a port may not listen there yet, or not for a moment, so that looking whether
 * somebody listens does not tell what others were given. Listening on the first one tells it, and ends
 * when the file's tests do, however they end.
 */
const claimed = claimSpan();

let given = 0;

/** A port that nobody listens on, for programs that must come back to the same one. */
export function freePort(): number {
  for (let attempt = 1; attempt < SPAN; attempt++) {
    const port = claimed + 1 + given++ % (SPAN - 1);
    if (isFree("127.0.0.1", port) && isFree("::1", port)) return port;
  }
  throw new Error(`No free port found from ${claimed + 1} to ${claimed + SPAN - 1}`);
}

function claimSpan(): number {
  const start = Math.floor(Math.random() * SPANS);
  for (let attempt = 0; attempt < SPANS; attempt++) {
    const port = FIRST_PORT + (start + attempt) % SPANS * SPAN;
    try {
      Deno.listen({ hostname: "127.0.0.1", port });
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
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
