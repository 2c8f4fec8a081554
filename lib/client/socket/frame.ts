import { randomFillSync } from "node:crypto";

/** Kinds of WebSocket frames (RFC 6455, section 5.2). */
export const OPCODE = {
  CONTINUATION: 0x0,
  TEXT: 0x1,
  BINARY: 0x2,
  CLOSE: 0x8,
  PING: 0x9,
  PONG: 0xa,
} as const;

const FINAL = 0x80;
const MASKED = 0x80;

/** A length in two bytes follows; in eight bytes. */
const LENGTH_16 = 126;
const LENGTH_64 = 127;

const MASK_BYTES = 4;

/**
 * A frame as a client sends it: whole, and masked by a key of its own.
 *
 * @param payload Is left as it is.
 */
export function clientFrame(opcode: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const { length } = payload;
  const lengthBytes = length < LENGTH_16 ? 0 : length < 1 << 16 ? 2 : 8;
  const start = 2 + lengthBytes + MASK_BYTES;
  // The payload begins where words do, and has room to end where they do.
  const first = -start & 3;
  const buffer = new Uint8Array((first + start + length + 3) & ~3);
  const view = new DataView(buffer.buffer);
  view.setUint8(first, FINAL | opcode);
  view.setUint8(first + 1, MASKED | (lengthBytes === 0 ? length : lengthMark(lengthBytes)));
  if (lengthBytes === 2) view.setUint16(first + 2, length);
  if (lengthBytes === 8) view.setBigUint64(first + 2, BigInt(length));
  randomFillSync(buffer, first + start - MASK_BYTES, MASK_BYTES);
  buffer.set(payload, first + start);
  const words = new Uint32Array(buffer.buffer, first + start - MASK_BYTES);
  const key = words[0] ?? 0;
  for (let i = 1; i < words.length; i++) words[i] = (words[i] ?? 0) ^ key;
  return buffer.subarray(first, first + start + length);
}

function lengthMark(lengthBytes: 2 | 8): number {
  return lengthBytes === 2 ? LENGTH_16 : LENGTH_64;
}

/** What a frame says before its payload. */
export interface FrameHead {
  readonly isFinal: boolean;
  readonly opcode: number;
  /** Bytes of the payload. */
  readonly length: number;
}

/** What breaks the rules of RFC 6455. */
export class FrameError extends Error {
  override readonly name = "FrameError";
}

/** How many bytes the head of a frame has, by its second byte. */
export function headBytes(second: number): number {
  const length = second & 0x7f;
  return 2 + (length === LENGTH_16 ? 2 : length === LENGTH_64 ? 8 : 0);
}

/**
 * Reads the head of a frame of a server.
 *
 * @throws {FrameError} When it breaks a rule.
 */
export function readHead(bytes: Uint8Array): FrameHead {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [first, second] = [view.getUint8(0), view.getUint8(1)];
  if ((first & 0x70) !== 0) throw new FrameError("a frame has reserved bits");
  if ((second & MASKED) !== 0) throw new FrameError("a server must not mask");
  const isFinal = (first & FINAL) !== 0;
  const opcode = first & 0x0f;
  let length = second & 0x7f;
  if (length === LENGTH_16) length = view.getUint16(2);
  else if (length === LENGTH_64) length = Number(view.getBigUint64(2));
  if (opcode >= OPCODE.CLOSE && (!isFinal || length >= LENGTH_16)) {
    throw new FrameError("a control frame must be whole and short");
  }
  return { isFinal, opcode, length };
}
