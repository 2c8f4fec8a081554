/** The longest that timers can wait: 2³¹ - 1 ms, about 25 days. With more they would not wait at all. */
export const MAX_TIMER_MS: number = 2 ** 31 - 1;
