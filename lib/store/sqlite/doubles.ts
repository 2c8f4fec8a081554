/** The double next above a finite one. */
export function nextAbove(value: number): number {
  const view = new DataView(new ArrayBuffer(8));
  if (value === 0) return Number.MIN_VALUE;
  view.setFloat64(0, value);
  view.setBigInt64(0, view.getBigInt64(0) + (value > 0 ? 1n : -1n));
  return view.getFloat64(0);
}

/** The double next below a finite one. */
export function nextBelow(value: number): number {
  return -nextAbove(-value);
}
