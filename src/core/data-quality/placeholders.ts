import { cut, present } from '../lead-values.ts';

/** Texts by column, in the order of the rows; a cell nobody filled in is an empty text. */
export type Columns = ReadonlyMap<string, readonly string[]>;

export type Placeholder = {
  column: string;
  /** As it stands in the cells (trimmed); its commonest spelling, cut at 80 characters. */
  value: string;
  count: number;
  /** Of all rows, 0…1. */
  share: number;
  /**
   * `word`: a word that stands for nothing wherever it stands. `shape`: brackets, dashes or an instruction such as “Choose one”.
   * `filler`: a word that can be an answer (unknown, none, test), but stands here too often or in a column where it can't be.
   */
  why: 'word' | 'shape' | 'filler';
};

/** What drop-down lists, exports and databases write where nobody answered; without case. */
const WORDS = new Set([
  'select',
  'select one',
  'select…',
  'select...',
  'please select',
  'please choose',
  'choose',
  'choose one',
  'choose…',
  'choose...',
  'pick one',
  'bitte wählen',
  'bitte auswählen',
  'auswählen',
  'sélectionner',
  'sélectionnez',
  'choisir',
  'choisissez',
  'seleccionar',
  'seleccione',
  'selecione',
  'selezionare',
  'seleziona',
  'maak een keuze',
  'wybierz',
  'null',
  'nil',
  'undefined',
  'nan',
  'n/a',
  '#n/a',
  '#ref!',
  '#value!',
  '#name?',
  'n.a.',
  'not set',
  'not specified',
  'not provided',
  'not available',
  'not applicable',
  'keine angabe',
  'k.a.',
  'k. a.',
  'sin especificar',
  'non renseigné',
  'tbd',
  'to be determined',
  'to be confirmed',
  'blank',
  'empty',
  'placeholder',
  'lorem ipsum',
]);

/** Words that are somebody's name, so that only a name written in capitals or small letters throughout is a placeholder. */
const NAMES = new Set(['null', 'nil', 'blank', 'select']);

/** Can be an answer; a placeholder where it is frequent, or where only a person's data may stand. */
const FILLERS = new Set([
  'unknown',
  'none',
  'test',
  'testing',
  'tester',
  'asdf',
  'asdfasdf',
  'qwerty',
  'abc',
  'xyz',
  'foo',
  'bar',
  'dummy',
  'sample',
  'example',
  'na',
  'unbekannt',
  'inconnu',
  'desconocido',
  'anonymous',
  'no name',
  'no company',
]);
const PERSONAL = /name|company|organi[sz]ation|account|firma|e-?mail|phone|mobile|title|position|country|city/i;
const FILLER_ROWS = 3;

/** `-- Select --`, `<none>`, `[blank]`, `(not set)`: something in brackets or dashes that says there is nothing. */
const WRAPPED = /^[\s\-–—_=*<>[\](){}.]+(?<inner>[\p{L} /.]{0,24})[\s\-–—_=*<>[\](){}.]+$/u;
const INSTRUCTION =
  /^(?:please |-+\s*)?(?:select|choose|pick|enter|type|fill in)\s+(?:an?|one|your|the|from|here|option)\b/i;
/** Only signs, or one letter or sign over and over: `???`, `xxx`, `....`, `000000`. */
const REPEATED = /^(?:[^\p{L}\p{N}]+|([xXzZ?#*.])\1+|0{4,})$/u;

type Why = Placeholder['why'];

/**
 * Whether a text says that nothing was answered, whatever column it stands in; null for a text that may be an answer. Stricter
 * than a reader of rows may be: words that can be an answer need findPlaceholders, which sees the whole column.
 */
export function placeholderWord(raw: string, column = ''): Exclude<Why, 'filler'> | null {
  const text = raw.trim();
  const folded = text.toLowerCase();
  if (text === '') return null;
  const capitalised = /^\p{Lu}\p{Ll}+$/u.test(text);
  if (WORDS.has(folded) && !(NAMES.has(folded) && capitalised && /name/i.test(column))) return 'word';
  if (present(text) === null) return 'word';
  const inner = WRAPPED.exec(text)?.groups?.['inner']?.trim().toLowerCase();
  if (inner !== undefined && /^[^\p{L}\p{N}]/u.test(text) && (inner === '' || WORDS.has(inner) || FILLERS.has(inner)))
    return 'shape';
  return INSTRUCTION.test(text) || REPEATED.test(text) ? 'shape' : null;
}

/** No answer: blank, or a placeholder by word or shape. */
export function isMissing(raw: string, column = ''): boolean {
  return raw.trim() === '' || placeholderWord(raw, column) !== null;
}

/**
 * Placeholders in the columns of a table, the most frequent first. Finds them by word and shape, and words that can be an
 * answer where they stand at least three times in a column of personal data, or once in a person's name.
 */
export function findPlaceholders(columns: Columns): Placeholder[] {
  const found: Placeholder[] = [];
  for (const [column, cells] of columns) {
    const spellings = new Map<string, { value: string; most: number; count: number }>();
    for (const [text, count] of counted(cells)) {
      const folded = text.toLowerCase();
      const known = spellings.get(folded) ?? { value: text, most: 0, count: 0 };
      // A name such as Null is told from a NULL by its spelling: they are not counted together.
      const key = placeholderWord(text, column) === placeholderWord(folded, column) ? folded : text;
      const best = count > known.most ? { value: text, most: count } : known;
      spellings.set(key, { value: best.value, most: best.most, count: known.count + count });
    }
    for (const { value, count } of spellings.values()) {
      const why = placeholderWord(value, column) ?? filler(value, column, count);
      if (why !== null) found.push({ column, value: cut(value, 80), count, share: count / cells.length, why });
    }
  }
  return found.sort((a, b) => b.count - a.count || (a.column < b.column ? -1 : a.column > b.column ? 1 : 0));
}

function filler(text: string, column: string, count: number): Why | null {
  if (!FILLERS.has(text.toLowerCase()) || !PERSONAL.test(column)) return null;
  return count >= FILLER_ROWS || /(?:first|last|full|family|given|^)[ _-]?name/i.test(column) ? 'filler' : null;
}

/** The texts of a column that are not blank, each with how often it stands there. */
export function counted(cells: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const cell of cells) {
    const text = cell.trim();
    if (text !== '') counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return counts;
}
