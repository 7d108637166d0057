import { BatchGone } from '../db/import-batches.ts';
import { ImportRefused } from '../engine/lead-file.ts';

/** What to tell people about a file that can't be used; null for anything that is a fault of this program. */
export function fileTrouble(error: unknown, file: string): string | null {
  if (error instanceof ImportRefused || error instanceof BatchGone) return `${file}: ${error.message}.`;
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOENT') return `There is no file ${file}.`;
  if (code === 'EISDIR') return `${file} is a folder, not a file.`;
  if (code === 'EACCES') return `${file} may not be read.`;
  return null;
}
