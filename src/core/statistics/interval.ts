/** Both ends of a confidence interval, in the unit of what it is an interval for. */
export type Interval = { lo: number; hi: number };
