import { statfsSync } from "node:fs";
import { join } from "node:path";

/** A file of another program. */
const FOREIGN = "foreign.bin";

/** A file system in memory of a few MiB. */
export class SmallDisk implements AsyncDisposable {
  private constructor(readonly path: string) {}

  /** Mounts an empty one. */
  static async mount(bytes: number): Promise<SmallDisk> {
    const path = await Deno.makeTempDir({ prefix: "theia-disk-" });
    const args = ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", path];
    const { success, stderr } = await new Deno.Command("mount", { args }).output();
    if (success) return new SmallDisk(path);
    await Deno.remove(path);
    throw new Error(`Cannot mount a small disk: ${new TextDecoder().decode(stderr).trim()}`);
  }

  /** The path of something on it. */
  file(name: string): string {
    return join(this.path, name);
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.path);
    return bavail * bsize;
  }

  /** Another program takes all of the room but some bytes. */
  fill(leaveBytes = 0): void {
    using file = Deno.openSync(this.file(FOREIGN), { append: true, create: true });
    const chunk = new Uint8Array(64 << 10);
    try {
      for (let left = this.freeBytes - leaveBytes; left > 0;) {
        left -= file.writeSync(chunk.subarray(0, left));
      }
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
    }
  }

  /** The other program gives back what it took, or all but some bytes of it. */
  free(keepBytes = 0): void {
    const path = this.file(FOREIGN);
    try {
      if (Deno.statSync(path).size > keepBytes) Deno.truncateSync(path, keepBytes);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Lazily: what a killed program had open may be closed a moment later.
    await new Deno.Command("umount", { args: ["-l", this.path] }).output();
    await Deno.remove(this.path);
  }
}

async function whyNoMount(): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return "no tmpfs here";
  try {
    await using _disk = await SmallDisk.mount(1 << 20);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Why tests cannot have a small disk, undefined when they can. */
export const NO_SMALL_DISK: string | undefined = await whyNoMount();

/** What is put behind the name of a test that is skipped without one. */
export const SMALL_DISK_NOTE: string = NO_SMALL_DISK === undefined
  ? ""
  : ` (skipped: ${NO_SMALL_DISK})`;
