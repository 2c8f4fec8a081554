import type { ChatterMessage } from "../../../lib/hat/chatter/message.ts";
import { HAT_SCHEMA } from "../../../lib/hat/schema/hat_schema.ts";

/** The bytes of a message, without the frame around it. */
export function encodeMessage(message: ChatterMessage): Uint8Array<ArrayBuffer> {
  const { id, first, owner, token, last, type, data } = message;
  return HAT_SCHEMA.encode("HatChatter.Msg", {
    id,
    first,
    owner,
    token,
    last,
    data: { type, data },
  });
}
