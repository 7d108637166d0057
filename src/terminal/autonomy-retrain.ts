import { isKind, kinds } from '../core/kinds/kind.ts';
import { retrainRisk } from '../engine/learn-risk.ts';
import type { CommandDeps } from './leads.ts';

export const retrainUsage = `retrain ${kinds.join('|')}`;

/** What follows `autonomy retrain`. @returns the exit code: 0 a learned risk is in use from now on, 1 it stays as it was, 2 not understood. */
export async function autonomyRetrain(words: string[], deps: CommandDeps): Promise<number> {
  const [kind = '', ...more] = words;
  if (!isKind(kind) || more.length > 0) {
    deps.err(`Of which kind is the risk to be learned? autonomy ${retrainUsage}\n`);
    return 2;
  }
  const answer = await retrainRisk(await deps.context(), { kind, actor: { type: 'cli' } });
  deps.out(`${answer.text}\n`);
  return answer.ok && answer.learning.ok ? 0 : 1;
}
