/** Asks a collector at the host and port of the arguments for its counts, and prints how many match. */
import { fetchCounts } from "../../lib/client/counts.ts";

const [host = "", port] = Deno.args;
const { matched } = await fetchCounts({ host, port: Number(port) }, {});
Deno.stdout.writeSync(new TextEncoder().encode(`${matched}\n`));
