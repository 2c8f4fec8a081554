import { concatBytes } from "../../../lib/base/bytes.ts";
import type {
  CheckpointDisk,
  CheckpointFile,
} from "../../../lib/tail/checkpoint/checkpoint_disk.ts";
import type { Random } from "../../random.ts";

/** Disks write sectors of this size as a whole. */
const SECTOR_BYTES = 512;

/** A file: what is on disk, and what programs see. */
interface MemoryFile {
  durable: Uint8Array;
  current: Uint8Array;
}

/** Files in memory, which can lose at any moment what was not synced. */
export class MemoryDisk implements CheckpointDisk {
  readonly files = new Map<string, MemoryFile>();
  /** Is called before each step of writing; when it throws, the step is not done. */
  beforeStep: () => void | Promise<void> = () => {};

  /** What a machine finds after a power cut: of what was not synced any sectors, or some first bytes. */
  afterPowerCut(random: Random): MemoryDisk {
    return this.#copy((file) => {
      if (random.chance(0.2)) return file.durable;
      if (random.chance(0.2)) return file.current;
      const found = file.durable.slice();
      const share = random.next();
      for (let at = 0; at < file.current.length; at += SECTOR_BYTES) {
        if (at < found.length && random.chance(share)) {
          found.set(file.current.subarray(at, Math.min(at + SECTOR_BYTES, found.length)), at);
        }
      }
      return found;
    });
  }

  /** What the next program finds after this one was killed: all that it wrote. */
  afterKill(): MemoryDisk {
    return this.#copy((file) => file.current, (file) => file.durable);
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    await Promise.resolve();
    return this.files.get(path)?.current.slice();
  }

  async create(path: string, parts: Iterable<Uint8Array>): Promise<void> {
    const bytes = concatBytes([...parts]);
    await this.beforeStep();
    this.files.set(path, { durable: bytes, current: bytes.slice() });
  }

  async open(path: string): Promise<CheckpointFile> {
    await Promise.resolve();
    const file = this.files.get(path);
    if (file === undefined) throw new Deno.errors.NotFound(path);
    return {
      write: async (offset, bytes) => {
        // In two steps, so that a crash finds a part: kernels copy page by page.
        const border = Math.ceil((offset + bytes.length / 2) / SECTOR_BYTES) * SECTOR_BYTES;
        const middle = Math.min(border - offset, bytes.length);
        await this.beforeStep();
        put(file, offset, bytes.subarray(0, middle));
        await this.beforeStep();
        put(file, offset + middle, bytes.subarray(middle));
      },
      sync: async () => {
        await this.beforeStep();
        // What is written while a sync is under way need not be on disk when it is done.
        const synced = file.current.slice();
        await this.beforeStep();
        file.durable = synced;
      },
      truncate: async (length) => {
        await this.beforeStep();
        file.current = file.current.slice(0, length);
      },
      [Symbol.dispose]: () => {},
    };
  }

  #copy(
    current: (file: MemoryFile) => Uint8Array,
    durable: (file: MemoryFile) => Uint8Array = current,
  ): MemoryDisk {
    const disk = new MemoryDisk();
    for (const [path, file] of this.files) {
      disk.files.set(path, { current: current(file).slice(), durable: durable(file).slice() });
    }
    return disk;
  }
}

function put(file: MemoryFile, offset: number, bytes: Uint8Array): void {
  const end = offset + bytes.length;
  if (end > file.current.length) {
    const longer = new Uint8Array(end);
    longer.set(file.current);
    file.current = longer;
  }
  file.current.set(bytes, offset);
}
