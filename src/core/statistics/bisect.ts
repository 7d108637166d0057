/**
 * The smallest number in (lo, hi] at which `reached` holds, to the last bit, for a condition that fails below some point and
 * holds above it. `hi` when it holds nowhere before. At most about 1,100 evaluations (a point next to 0), usually 60.
 */
export function bisect(reached: (x: number) => boolean, lo: number, hi: number): number {
  let below = lo;
  let above = hi;
  for (;;) {
    const middle = below + (above - below) / 2;
    if (middle <= below || middle >= above) return above;
    if (reached(middle)) above = middle;
    else below = middle;
  }
}
