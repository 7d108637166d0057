import type { TimeContent, TimeMoved } from './client/content.ts';
import { failed, ok, type Answer } from './respond.ts';

/** What the owner of the clock lets the page do with business time. What is absent cannot be done. */
export type TimeControls = {
  /** Resolves when everything due by then has been done. */
  advance?: (ms: number) => Promise<void>;
  /** Business time stands still until `resume`. */
  pause?: () => void;
  resume?: () => void;
  paused?: () => boolean;
  /** To the next moment at which something is planned; stays where it is when nothing is. */
  step?: () => Promise<void>;
};

export type TimeControl = {
  content: () => TimeContent;
  act: (fields: Record<string, unknown>) => Promise<Answer>;
};

const LONGEST_MOVE = 31 * 86_400_000;
/** So often do pages hear how far time has come while it moves. */
const TICK_MS = 300;

/** @param told called whenever there is something new to say about time */
export function createTimeControl(controls: TimeControls, now: () => number, told: () => void): TimeControl {
  let moving: TimeContent['moving'] = null;

  const move = async (to: number | null, go: () => Promise<void>): Promise<Answer> => {
    if (moving) return failed(409, 'Time is already moving.');
    const from = now();
    moving = { from, to };
    told();
    const ticking = setInterval(told, TICK_MS);
    try {
      await go();
    } finally {
      clearInterval(ticking);
      moving = null;
      told();
    }
    const moved: TimeMoved = { now: now(), moved: now() - from };
    return ok(moved);
  };

  const pause = (stand: boolean): Answer => {
    const change = stand ? controls.pause : controls.resume;
    if (!change) return failed(404, 'Time cannot stand still here.');
    if (moving) return failed(409, 'Time is moving.');
    change();
    told();
    return ok({ now: now(), moved: 0 });
  };

  return {
    content: () => ({
      canPause: controls.pause !== undefined && controls.resume !== undefined,
      canStep: controls.step !== undefined,
      paused: controls.paused?.() ?? false,
      moving,
    }),
    act: async (fields) => {
      switch (fields['do']) {
        case 'pause':
          return pause(true);
        case 'resume':
          return pause(false);
        case 'step':
          return controls.step ? await move(null, controls.step) : failed(404, 'Time cannot step here.');
        case undefined:
          break;
        default:
          return failed(400, 'Expected pause, resume or step.');
      }
      const { ms } = fields;
      const { advance } = controls;
      if (!advance) return failed(404, 'Time cannot be moved here.');
      if (typeof ms !== 'number' || !(ms > 0 && ms <= LONGEST_MOVE))
        return failed(400, 'Expected ms, at most 31 days.');
      return await move(now() + ms, () => advance(ms));
    },
  };
}
