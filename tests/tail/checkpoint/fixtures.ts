import { Checkpoint, type CheckpointOptions } from "../../../lib/tail/checkpoint/checkpoint.ts";
import type { CheckpointState, RecordedBatch } from "../../../lib/tail/checkpoint/checkpoint.ts";
import type { TailPosition } from "../../../lib/tail/tail_position.ts";

/** A position in the file of some number. */
export function position(file: number, offset = 0): TailPosition {
  return {
    path: `/var/log/${file} ä.log`,
    identity: {
      dev: 65024,
      ino: 1000 + file,
      birthtimeMs: file % 3 === 0 ? null : 1.7e12 + file / 8,
      generation: file % 2,
      head: { length: Math.min(offset, 1024), crc32: 3735928559 },
    },
    offset,
    tail: { length: Math.min(offset, 1024), crc32: 12345 },
    readAt: 1.7e12 + offset,
    modifiedAt: 1.7e12 + offset / 2,
  };
}

/** A batch of one span. */
export function batch(file: number, from: number, to: number): Omit<RecordedBatch, "id"> {
  const end = position(file, to);
  return { path: end.path, timestamp: 1.7e9 + to / 7, spans: [{ from, to: end }] };
}

/** What the checkpoint in a directory says. */
export async function stateOf(
  directory: string,
  options?: CheckpointOptions,
): Promise<CheckpointState> {
  await using checkpoint = await Checkpoint.open(directory, options);
  return checkpoint.state;
}

/** A directory that is removed in the end. */
export class TemporaryDirectory implements Disposable {
  readonly path: string = Deno.makeTempDirSync({ prefix: "checkpoint-" });

  /** The path of something in it. */
  at(name: string): string {
    return `${this.path}/${name}`;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}
