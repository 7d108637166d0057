import { z } from 'zod';
import type { KindRules } from './kind-rules.ts';
import { editEffort } from '../edit-effort.ts';
import { oneLine, plainText } from '../plain-text.ts';
import type { Finding } from '../finding.ts';

const tiers = ['hot', 'warm', 'cold'] as const;
export type Tier = (typeof tiers)[number];

/** hot ≥ 70, warm 40…69, cold < 40. The tier is computed, never taken from the model. */
export function tierOf(score: number): Tier {
  return score >= 70 ? 'hot' : score >= 40 ? 'warm' : 'cold';
}

export const leadScoreSchema = z.strictObject({
  score: z.int().min(0).max(100),
  reasons: z.array(z.string().overwrite(oneLine).min(1).max(300)).min(1).max(6),
});
export type LeadScore = z.infer<typeof leadScoreSchema>;

export const leadScoreRules: KindRules<LeadScore> = {
  kind: 'lead_score',
  label: 'lead score',
  schema: leadScoreSchema,
  sendsMail: false,
  tolerance: 0.1,
  guardrails(content, inputs) {
    const findings: Finding[] = [];
    if (inputs.lead.company === null && inputs.lead.title === null)
      findings.push({
        code: 'thin_record',
        severity: 'look',
        text: 'Neither company nor job title is known: the score rests on little.',
      });
    if (content.reasons.some((reason) => plainText(reason) !== reason))
      findings.push({
        code: 'invisible_characters',
        severity: 'block',
        field: 'reasons',
        text: 'A reason contains invisible characters.',
      });
    return findings;
  },
  change(before, after) {
    const majorFields = tierOf(before.score) === tierOf(after.score) ? [] : ['tier'];
    return { effort: editEffort(before.reasons.join('\n'), after.reasons.join('\n')), majorFields };
  },
  approvalEffect: (content) => ({ type: 'set_score', score: content.score, reasons: content.reasons }),
  summary: (content) => `Score ${content.score} of 100 (${tierOf(content.score)})`,
};
