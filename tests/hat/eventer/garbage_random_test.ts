import { concatBytes } from "../../../lib/base/bytes.ts";
import { frameHeader } from "../../../lib/hat/chatter/frame.ts";
import {
  INIT_REQUEST,
  QUERY_REQUEST,
  REGISTER_REQUEST,
} from "../../../lib/hat/eventer/messages.ts";
import { forSeeds, type Random } from "../../random.ts";
import { encodeMessage } from "../chatter/encode_message.ts";
import { randomEvent, randomQuery } from "../random_data.ts";
import { BadInputBench } from "./bad_input_bench.ts";
import { Peer } from "./peer.ts";

/** What a client sends in a session: it says who it is, registers and asks. */
function randomSession(random: Random): Uint8Array {
  const init = INIT_REQUEST.encode({
    clientName: "garbage",
    clientToken: undefined,
    subscriptions: [["a", "*"]],
    serverId: undefined,
    persisted: random.chance(0.5),
  });
  const frames = [frame(1, INIT_REQUEST.type, false, init)];
  for (let id = 2; id < random.int(3, 8); id++) {
    if (random.chance(0.3)) {
      frames.push(frame(id, QUERY_REQUEST.type, false, QUERY_REQUEST.encode(randomQuery(random))));
    } else {
      const events = Array.from({ length: random.below(4) }, () => randomEvent(random));
      frames.push(
        frame(id, REGISTER_REQUEST.type, random.chance(0.5), REGISTER_REQUEST.encode(events)),
      );
    }
  }
  return concatBytes(frames);
}

function frame(id: number, type: string, last: boolean, data: Uint8Array): Uint8Array {
  const bytes = encodeMessage({ id, first: id, owner: true, token: true, last, type, data });
  return concatBytes([frameHeader(bytes.length), bytes]);
}

/** Changes bytes, cuts some out, doubles some, or ends early. */
function spoil(random: Random, bytes: Uint8Array): Uint8Array {
  const at = random.below(bytes.length);
  const to = Math.min(bytes.length, at + random.int(1, 20));
  switch (random.below(4)) {
    case 0: {
      const changed = bytes.slice();
      for (let i = random.int(1, 4); i > 0; i--) {
        changed[random.below(changed.length)] = random.below(256);
      }
      return changed;
    }
    case 1:
      return concatBytes([bytes.subarray(0, at), bytes.subarray(to)]);
    case 2:
      return concatBytes([bytes.subarray(0, to), bytes.subarray(at)]);
    default:
      return bytes.slice(0, at);
  }
}

Deno.test("EventerServer lives on, and serves others, whatever bytes a client sends", async () => {
  await using bench = await BadInputBench.start();
  await forSeeds(100, async (random) => {
    using peer = await Peer.connect(bench.port);
    const bytes = random.chance(0.1)
      ? Uint8Array.from({ length: random.below(200) }, () => random.below(256))
      : spoil(random, randomSession(random));
    await peer.write(bytes).catch(() => {});
    await peer.closeWrite().catch(() => {});
    await peer.receiveEnd();
    await bench.checkGood();
  });
});
