/** A point in time for people, in UTC; the seconds themselves where there is no such date. */
export function formatInstant(seconds: number): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return `${seconds} s`;
  return date.toISOString().replace(/\.000Z$/, "Z");
}
