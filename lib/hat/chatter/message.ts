import { HAT_SCHEMA } from "../schema/hat_schema.ts";
import { SbsSchema } from "../sbs/sbs_schema.ts";
import { ChatterError } from "./chatter_error.ts";

/** A message of a connection. */
export interface ChatterMessage {
  /** Counts the messages of its sender, from 1. */
  readonly id: number;
  /** The id of the message that began the conversation. */
  readonly first: number;
  /** Whether its sender began the conversation. */
  readonly owner: boolean;
  /** Whose turn it is, in Hat's words; sent as true, and not looked at. */
  readonly token: boolean;
  /** Whether it ends the conversation. */
  readonly last: boolean;
  /** The type of the data, such as `HatEventer.MsgQueryReq`. */
  readonly type: string;
  /** A value of that type. */
  readonly data: Uint8Array;
}

/** Asks whether the peer is there. */
export const PING = "HatChatter.Ping";

/** Answers that it is. */
export const PONG = "HatChatter.Pong";

const CODEC = HAT_SCHEMA.codec("HatChatter.Msg");

/** A message up to its data: bytes are their length and then themselves, and the data of a message are its end. */
const HEAD = SbsSchema.parse(`
  module Head
  Msg = Record {
    id: Integer, first: Integer, owner: Boolean, token: Boolean, last: Boolean
    type: String, length: Integer
  }
`).codec("Head.Msg");

interface MsgValue extends Omit<ChatterMessage, "type" | "data"> {
  readonly data: { readonly type: string; readonly data: Uint8Array };
}

/** The bytes of a message before its data, without the frame around it. */
export function encodeHead(message: ChatterMessage): Uint8Array<ArrayBuffer> {
  const { id, first, owner, token, last, type, data } = message;
  return HEAD.encode({ id, first, owner, token, last, type, length: data.length });
}

/**
 * The message of bytes.
 *
 * @returns A message whose data are a view of the bytes.
 * @throws {SbsError | ChatterError} When they are none.
 */
export function decodeMessage(bytes: Uint8Array): ChatterMessage {
  const value = CODEC.decode(bytes, { views: true }) as unknown as MsgValue;
  const { id, first, owner, token, last, data } = value;
  if (!isId(id) || !isId(first)) {
    const reason =
      `'id' and 'first' must be positive safe integers: current values are ${id} and ${first}`;
    throw new ChatterError("protocol", `Cannot read message as ${reason}`);
  }
  return { id, first, owner, token, last, type: data.type, data: data.data };
}

function isId(value: unknown): boolean {
  return Number.isSafeInteger(value) && value as number > 0;
}
