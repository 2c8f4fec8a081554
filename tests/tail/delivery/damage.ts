import type { Random } from "../../random.ts";
import type { MemoryDisk } from "../checkpoint/memory_disk.ts";

/** Damages one of the copies of a checkpoint. */
export function damageOneCopy(disk: MemoryDisk, random: Random): string {
  const path = random.pick([...disk.files.keys()]);
  const file = disk.files.get(path);
  if (file === undefined) return "";
  const kind = random.pick(["flip", "truncate", "remove", "zero"] as const);
  const at = random.below(Math.min(file.current.length, 4096));
  switch (kind) {
    case "flip":
      file.current[at] = (file.current[at] ?? 0) ^ (1 << random.below(8));
      break;
    case "truncate":
      file.current = file.current.slice(0, at);
      break;
    case "remove":
      disk.files.delete(path);
      break;
    case "zero":
      file.current.fill(0, at, at + random.int(1, 1024));
  }
  return `${kind} at ${at} of ${path.slice(-1)}`;
}
