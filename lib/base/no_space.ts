/** Codes of the system for a disk, or a user's part of it, without room. */
const FULL_CODES: readonly unknown[] = ["ENOSPC", "EDQUOT"];

/** Whether an error of the system says that the disk is full. */
export function isNoSpace(error: unknown): boolean {
  return error instanceof Error && "code" in error && FULL_CODES.includes(error.code);
}
