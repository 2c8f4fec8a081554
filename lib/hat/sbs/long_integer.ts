/** Seven hexadecimal digits are four groups of seven bits. */
const DIGITS = 7;
const GROUPS = 4;

/** How many groups of seven bits keep an integer and its sign. */
export function countGroups(value: bigint): number {
  const magnitude = value < 0n ? ~value : value;
  const digits = magnitude.toString(16);
  const bits = (digits.length - 1) * 4 + (32 - Math.clz32(parseInt(digits.charAt(0), 16)));
  return Math.floor(bits / 7) + 1;
}

/**
 * Writes an integer of any size as groups of seven bits, the most significant first. It goes by way of
 * hexadecimal digits, which takes time in proportion to the size, as shifting a bigint does not.
 *
 * @param groups As {@linkcode countGroups} says.
 * @param target Where it goes, from the start.
 */
export function writeLongInteger(value: bigint, groups: number, target: Uint8Array): void {
  const digits = BigInt.asUintN(groups * 7, value).toString(16);
  let at = groups - 1;
  for (let end = digits.length; end > 0; end -= DIGITS) {
    let bits = parseInt(digits.slice(Math.max(0, end - DIGITS), end), 16);
    for (let i = 0; i < GROUPS && at >= 0; i++) {
      target[at--] = bits & 0x7f;
      bits >>>= 7;
    }
  }
  target.fill(0, 0, at + 1);
  target[groups - 1] = (target[groups - 1] ?? 0) | 0x80;
}

/**
 * Reads what {@linkcode writeLongInteger} writes.
 *
 * @returns A number when it is safe, else a bigint.
 */
export function readLongInteger(groups: Uint8Array): number | bigint {
  const pieces: string[] = [];
  for (let end = groups.length; end > 0; end -= GROUPS) {
    let bits = 0;
    for (let i = Math.max(0, end - GROUPS); i < end; i++) {
      bits = bits * 128 + ((groups[i] ?? 0) & 0x7f);
    }
    pieces.push(bits.toString(16).padStart(DIGITS, "0"));
  }
  const value = BigInt.asIntN(groups.length * 7, BigInt(`0x${pieces.reverse().join("")}`));
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
