/**
 * How the two sides of a connection speak.
 *
 * - `theia.v0`: Theia 0.9.2's protocol, spoken to every client that asks for no subprotocol.
 * - `theia.v1`: acknowledged pushes and packed results, chosen by WebSocket subprotocol negotiation.
 */
export type Dialect = "theia.v0" | "theia.v1";

/** The subprotocol that clients of this project ask for. */
export const PROTOCOL_V1 = "theia.v1";

/** Largest message a producer may send in `theia.v1`: enough to amortise an ack, small enough to buffer. */
export const MAX_PUSH_BYTES = 8 << 20;

/** Largest message of packed results: a reader shows the first events before the last are found. */
export const MAX_PACKED_BYTES = 256 << 10;

/** Longest wait before live events are sent packed while more arrive. */
export const LIVE_FLUSH_MS = 10;

/** WebSocket close codes (RFC 6455, section 7.4.1) that the two sides use. */
export const CLOSE = {
  /** A find was answered, or a client is done. */
  NORMAL: 1000,
  /** The collector stops. */
  GOING_AWAY: 1001,
  /** What was sent is not what this path takes. */
  POLICY: 1008,
  /** A message exceeds its limit. */
  TOO_BIG: 1009,
  /** The server failed. */
  INTERNAL: 1011,
  /** The client is too slow or the server too busy. */
  TRY_AGAIN: 1013,
} as const;
