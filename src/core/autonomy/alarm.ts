/** What the CUSUM tells apart: a good bad-rate p0 = p0Factor·ε from a bad one p1 = min(0.9, p1Factor·ε). */
export type AlarmRates = { eps: number; p0Factor: number; p1Factor: number };

/** The S of a cell after one more label at or below the threshold. `loss` in [0, 1]; 1 is a failure. S ≥ 0. */
export function advanceAlarm(s: number, loss: number, rates: AlarmRates): number {
  return Math.max(0, s + loss * failureStep(rates) + (1 - loss) * passStep(rates));
}

/** How many passes in a row bring S back to 0. */
export function passesToClear(s: number, rates: AlarmRates): number {
  return Math.ceil(s / -passStep(rates));
}

/** ln(p1/p0): what a failure adds; +2.303 at ε = 0.05. */
function failureStep(rates: AlarmRates): number {
  return Math.log(p1(rates) / p0(rates));
}

/** ln((1−p1)/(1−p0)): what a pass adds, below 0; −0.203 at ε = 0.05. */
function passStep(rates: AlarmRates): number {
  return Math.log((1 - p1(rates)) / (1 - p0(rates)));
}

const p0 = ({ eps, p0Factor }: AlarmRates) => p0Factor * eps;
const p1 = ({ eps, p1Factor }: AlarmRates) => Math.min(0.9, p1Factor * eps);
