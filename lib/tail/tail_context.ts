import { MAX_LINE_BYTES } from "./line_splitter.ts";
import { DecoderPool } from "./decoder_pool.ts";
import { EventIdMaker } from "./event_id_maker.ts";
import { HEAD_BYTES } from "./file_identity.ts";
import { READ_BYTES } from "./file_reader.ts";
import { FileRegister } from "./file_register.ts";
import { type Scheduler, SYSTEM_SCHEDULER } from "./scheduler.ts";
import { Relatives } from "./relatives.ts";
import type { TailPosition } from "./tail_position.ts";
import type { TailObserver } from "./tail_notice.ts";

/** Most lines in a batch: a turn of one file, about a millisecond of work. */
export const MAX_BATCH_LINES = 1000;

/** A batch ends with the line that brings it to this size: the memory that one step may take. */
export const MAX_BATCH_BYTES = 512 * 1024;

/** Time without growth after which a last line without line end counts as complete: a writer's pause between two writes is shorter. */
export const IDLE_LINE_MS = 1000;

/** Time without growth after which a group of lines counts as complete: programs write a stack trace at once. */
export const MULTILINE_TIMEOUT_MS = 1000;

/** How long a file is still read after its path names another: programs re-open their log within seconds. */
export const LINGER_MS = 5000;

/** The bounds of following files. */
export interface TailLimits {
  /** Lines after which a batch ends. @default {MAX_BATCH_LINES} */
  readonly maxBatchLines: number;
  /** A batch ends with the line that brings it to this size. @default {MAX_BATCH_BYTES} */
  readonly maxBatchBytes: number;
  /** Longest content of a line; a longer one is cut. @default {MAX_LINE_BYTES} */
  readonly maxLineBytes: number;
  /** Time without growth after which an unfinished line is delivered. @default {IDLE_LINE_MS} */
  readonly idleLineMs: number;
  /** Time without growth after which a group of lines is complete. @default {MULTILINE_TIMEOUT_MS} */
  readonly multilineTimeoutMs: number;
  /** Time for which a file that lost its path is still read. @default {LINGER_MS} */
  readonly lingerMs: number;
}

/** What all files that are followed together share. */
export interface TailContext {
  /** Bounds of batches and waiting. */
  readonly limits: TailLimits;
  /** Clock and timers. */
  readonly scheduler: Scheduler;
  /** Is told of everything but lines. */
  readonly observer: TailObserver;
  /** Who reads which file. */
  readonly register: FileRegister;
  /** Names the events. */
  readonly ids: EventIdMaker;
  /** Finds the files that rotations leave. */
  readonly relatives: Relatives;
  /** One decoder an encoding: they keep nothing between two lines. */
  readonly decoders: DecoderPool;
  /** Reads are synchronous and leave nothing in it, so one is enough for all. */
  readonly buffer: Uint8Array;
  /** For the first bytes of a file. */
  readonly headBuffer: Uint8Array;
  /** For the bytes before a position. */
  readonly tailBuffer: Uint8Array;
  /** Is told where files stand that are followed without anything to deliver. */
  readonly onPlace: (position: TailPosition) => void;
}

/** What a {@linkcode TailContext} can be told; everything has a default. */
export interface TailContextInit {
  /** Bounds of batches and waiting. @default {the constants of this module} */
  readonly limits?: Partial<TailLimits>;
  /** Clock and timers. @default {SYSTEM_SCHEDULER} */
  readonly scheduler?: Scheduler;
  /** Is told of everything but lines. @default {nobody} */
  readonly observer?: TailObserver;
  /** Name of this machine in event ids. @default {Deno.hostname()} */
  readonly host?: string;
  /** Is told where files stand that are followed without anything to deliver. @default {nobody} */
  readonly onPlace?: (position: TailPosition) => void;
}

/** Makes what a group of files shares. */
export function createTailContext(init: TailContextInit = {}): TailContext {
  return {
    limits: {
      maxBatchLines: MAX_BATCH_LINES,
      maxBatchBytes: MAX_BATCH_BYTES,
      maxLineBytes: MAX_LINE_BYTES,
      idleLineMs: IDLE_LINE_MS,
      multilineTimeoutMs: MULTILINE_TIMEOUT_MS,
      lingerMs: LINGER_MS,
      ...init.limits,
    },
    scheduler: init.scheduler ?? SYSTEM_SCHEDULER,
    observer: init.observer ?? (() => {}),
    register: new FileRegister(),
    ids: new EventIdMaker(init.host),
    relatives: new Relatives(),
    decoders: new DecoderPool(),
    buffer: new Uint8Array(READ_BYTES),
    headBuffer: new Uint8Array(HEAD_BYTES),
    tailBuffer: new Uint8Array(HEAD_BYTES),
    onPlace: init.onPlace ?? (() => {}),
  };
}
