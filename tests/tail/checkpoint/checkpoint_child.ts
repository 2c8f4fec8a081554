/**
 * Records and settles until it is killed; says on standard output what is done: `+N` when batch N, which ends
 * at offset N, was recorded, and `-N` before it is settled.
 */
import { Checkpoint } from "../../../lib/tail/checkpoint/checkpoint.ts";
import { batch } from "./fixtures.ts";

const [directory = "", first = "0"] = Deno.args;
const encoder = new TextEncoder();

function say(text: string): void {
  Deno.stdout.writeSync(encoder.encode(`${text}\n`));
}

let next = Number(first);

async function work(checkpoint: Checkpoint): Promise<never> {
  for (;;) {
    const number = next++;
    const id = await checkpoint.record(batch(number % 100, 0, number));
    say(`+${number}`);
    if (number % 10 === 0) continue;
    say(`-${number}`);
    checkpoint.settle(id);
  }
}

await using checkpoint = await Checkpoint.open(directory);
for (const { id } of checkpoint.state.unsettled) checkpoint.settle(id);
await checkpoint.flush();
say("ready");
await Promise.all([work(checkpoint), work(checkpoint), work(checkpoint)]);
