/** A rough count in the way of the real one. */
export const CHARACTERS_A_TOKEN = 4;

export function tokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_A_TOKEN);
}
