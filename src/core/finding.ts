/**
 * What a guardrail found. `block`: nobody may approve this as it is; it has to be edited. `look`: a person should look
 * at this place, whoever decides. Both are shown on the card before the verdict, for reviews and spot checks alike.
 */
export type Finding = {
  code: string;
  severity: 'block' | 'look';
  /** One sentence for the reviewer: what, where. */
  text: string;
  /** The field of the proposal it is in, so that a modal can point at it. */
  field?: string;
};

export function blocking(findings: readonly Finding[]): Finding[] {
  return findings.filter((finding) => finding.severity === 'block');
}
