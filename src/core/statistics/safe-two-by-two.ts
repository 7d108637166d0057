import { checkPositive } from './argument-checks.ts';

/** Converted or not, one contact of each arm. */
export type Block = readonly [a: 0 | 1, b: 0 | 1];

/** What has been seen: blocks, conversions of each arm, and ln E. */
export type SafeTwoByTwo = { blocks: number; convertedA: number; convertedB: number; logE: number };

export const SAFE_TWO_BY_TWO_START: SafeTwoByTwo = { blocks: 0, convertedA: 0, convertedB: 0, logE: 0 };

/**
 * Test of two equal conversion rates that may be looked at after every block: if they are equal, the chance that E ever reaches
 * 20 is at most 1/20. Stop and believe a difference at logE ≥ ln 20; E is evidence either way, and can fall again. One contact of
 * each arm a block (0 or 1), in the order their windows closed; `prior` > 0 is added to conversions and to failures. RangeError
 * for other values. Source: Turner, Ly & Grünwald (2024), Generic e-variables for exact sequential k-sample tests.
 */
export function safeTwoByTwoStep(state: SafeTwoByTwo, [a, b]: Block, prior = 0.18): SafeTwoByTwo {
  checkPositive('prior', prior);
  const rateA = (state.convertedA + prior) / (state.blocks + 2 * prior);
  const rateB = (state.convertedB + prior) / (state.blocks + 2 * prior);
  const both = (rateA + rateB) / 2;
  const step = logLikelihood(a, rateA) + logLikelihood(b, rateB) - logLikelihood(a, both) - logLikelihood(b, both);
  return {
    blocks: state.blocks + 1,
    convertedA: state.convertedA + a,
    convertedB: state.convertedB + b,
    logE: state.logE + step,
  };
}

/** The state after all of the blocks. */
export function safeTwoByTwo(blocks: readonly Block[], prior = 0.18): SafeTwoByTwo {
  return blocks.reduce((state, block) => safeTwoByTwoStep(state, block, prior), SAFE_TWO_BY_TWO_START);
}

function logLikelihood(outcome: number, rate: number): number {
  if (outcome !== 0 && outcome !== 1) throw new RangeError(`an outcome must be 0 or 1: ${outcome}`);
  return Math.log(outcome === 1 ? rate : 1 - rate);
}
