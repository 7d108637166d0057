import { fieldOf } from '../workflow/condition.ts';
import { isMissing } from './placeholders.ts';

/**
 * Which of the facts that a workflow asks for a lead does not have: blank, unknown or a placeholder such as “Select”. In the order
 * in which they are asked for.
 *
 * @param fields under the names that workflow files use.
 */
export function missingFacts(fields: Readonly<Record<string, string>>, required: readonly string[]): string[] {
  return required.filter((name) => {
    const value = fieldOf({ fields }, name);
    return value === null || isMissing(value, name);
  });
}
