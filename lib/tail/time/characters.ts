/** Characters that times are written with, as UTF-16 units. */
export const SPACE = 0x20;
/** `+` */
export const PLUS = 0x2b;
/** `,` */
export const COMMA = 0x2c;
/** `-` */
export const MINUS = 0x2d;
/** `.` */
export const POINT = 0x2e;
/** `/` */
export const SLASH = 0x2f;
/** `:` */
export const COLON = 0x3a;
/** `t` */
export const SMALL_T = 0x74;

/** The UTF-16 unit at a place; NaN beyond the ends, which is equal to none. */
export function code(text: string, at: number): number {
  return text.charCodeAt(at);
}

/** Whether it is `0` to `9`. */
export function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

/** Whether it is a letter of ASCII. */
export function isLetter(unit: number): boolean {
  const small = unit | 0x20;
  return small >= 0x61 && small <= 0x7a;
}

/** The number that exactly so many characters write, all of them digits; -1 when they are not. */
export function digitsAt(text: string, at: number, length: number): number {
  let value = 0;
  for (let i = at; i < at + length; i++) {
    const unit = text.charCodeAt(i);
    if (!(unit >= 0x30 && unit <= 0x39)) return -1;
    value = value * 10 + unit - 0x30;
  }
  return value;
}
