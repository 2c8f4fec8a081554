/** Small operations on files that the parts of the files store share. */

/** Writes all bytes at the position of the file. */
export async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}

/** The first bytes of a file: as many as asked for, fewer when it is shorter. */
export async function readStart(path: string, size: number): Promise<Uint8Array<ArrayBuffer>> {
  using file = await Deno.open(path, { read: true });
  const bytes = new Uint8Array(size);
  let at = 0;
  while (at < size) {
    const read = await file.read(bytes.subarray(at));
    if (read === null) break;
    at += read;
  }
  return at === size ? bytes : bytes.slice(0, at);
}

/** Brings a file to the disk. */
export async function syncFile(path: string): Promise<void> {
  using file = await Deno.open(path, { read: true });
  await file.syncData();
}

/** Brings the names in a directory to the disk. */
export async function syncDirectory(path: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using directory = await Deno.open(path, { read: true });
  await directory.sync();
}

/** Writes a new file and brings it to the disk. */
export async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  await writeAll(file, bytes);
  await file.sync();
}

/** Removes a file if it is there. */
export async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
