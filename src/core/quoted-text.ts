import { plainText } from './plain-text.ts';

/** Longer than any answer; what follows is quoted or attached. */
const MAX_TEXT = 200_000;

const ORIGINAL_MESSAGE =
  /^[\s>*_-]*-{2,}\s*(?:original(?: message|nachricht|e-?mail)|ursprüngliche nachricht|message d['’]origine|message original|mensa(?:je|gem) original|messaggio originale|oorspronkelijk bericht|wiadomość oryginalna|oryginalna wiadomość|ursprungligt meddelande|opprinnelig melding|oprindelig meddelelse|alkuperäinen viesti|původní zpráva|исходное сообщение|пересылаемое сообщение|orijinal (?:mesaj|ileti)|原始邮件|原始郵件|元のメッセージ|원본 메시지|forwarded message|weitergeleitete nachricht|message transféré|mensaje reenviado|mensagem encaminhada|messaggio inoltrato)\s*-{2,}/iu;
const FORWARDED =
  /^(?:begin forwarded message|anfang der weitergeleiteten nachricht|début du message (?:réexpédié|transféré))\s*:/iu;

/** The block with which Outlook and others begin the mail that is answered, in the languages they come in. */
const FROM_LINE =
  /^[\s>]*\*?(?:from|von|de|da|van|od|från|fra|lähettäjä|от кого|от|від|kimden|gönderen|发件人|寄件者|差出人|보낸 사람|מאת|من)\s?\*?\s?[:：]\*?\s/iu;
const FURTHER_LINE =
  /^[\s>]*\*?(?:sent|date|to|cc|subject|gesendet|datum|an|betreff|envoyé|à|objet|enviado(?: el)?|enviada em|fecha|data|para|asunto|assunto|inviato|a|oggetto|verzonden|aan|onderwerp|wysłano|do|dw|temat|skickat|till|kopia|ämne|sendt|til|emne|lähetetty|vastaanottaja|aihe|odesláno|komu|předmět|отправлено|дата|кому|тема|надіслано|gönderme tarihi|tarih|kime|konu|发送时间|收件人|主题|送信日時|宛先|件名|보낸 날짜|받는 사람|제목)\s?\*?\s?[:：]\*?/iu;

const ATTRIBUTION_BEGIN =
  /^[\s>]*(?:on|am|le|el|il|em|op|w dniu|dnia|den|on|på|tor|ons|tir|man|fre|lør|søn|dne|ke|ti|to|pe|\d{1,4}[./年-]|[\p{L}.]{2,12},? \d|.{0,80}<[^<>\s]+@)/iu;
const ATTRIBUTION_END =
  /(?:wrote|writes|schrieb(?: .{1,80})?|geschrieben|a écrit|escribió|ha scritto|scrisse|escreveu|schreef(?: .{1,80})?|napisał\(?a?\)?|pisze|skrev(?: .{1,80})?|kirjoitti|napsal\(?a?\)?|пишет|писал\(?а?\)?|написал\(?а?\)?|пише|yazdı|写道|寫道|のメール|작성)\s?[:：]\s*$/iu;

/** Put there by a telephone, not by a person. */
const TELEPHONE =
  /^(?:sent from (?:my|outlook|mail|yahoo|proton|samsung|a mobile)|get outlook for|von meinem .{2,30} gesendet|gesendet (?:mit|von|aus) |diese nachricht wurde von meinem|envoyé de(?:puis)? (?:mon|outlook)|enviado desde (?:mi|outlook)|enviado do meu|inviato da (?:mio )?|verzonden vanaf mijn|verstuurd vanaf mijn|wysłane z |skickat från min|sendt fra min|lähetetty|отправлено с |iphone(?:から|より)送信|发自我的|我的.{1,12}发)/iu;

/**
 * What the writer of an answer wrote anew: without the mail it answers, however a mail program marked it, and without the
 * signature. `sent`: the texts of the mail that is answered, whose lines are taken out wherever they still stand.
 */
export function answerText(text: string, sent: readonly string[] = []): string {
  const lines = plainText(text.slice(0, MAX_TEXT).toWellFormed()).split('\n');
  const own = withoutContacts(withoutSent(withoutSignature(withoutQuotes(lines)), sent));
  while (own.length > 0 && (own.at(-1)?.trim() === '' || TELEPHONE.test(own.at(-1)?.trim() ?? ''))) own.pop();
  return own
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function withoutQuotes(lines: readonly string[]): string[] {
  const kept: string[] = [];
  const lastMarked = lines.findLastIndex((line) => /^\s*[>|]/.test(line));
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '';
    if (ORIGINAL_MESSAGE.test(line) || FORWARDED.test(line) || headerBlock(lines, i)) break;
    const attribution = attributionLines(lines, i);
    if (attribution > 0) {
      // Where no line is marked as quoted nobody can tell the old from the new: all that follows is the old.
      if (lastMarked < i + attribution) break;
      i += attribution - 1;
      continue;
    }
    if (!/^\s*>/.test(line)) kept.push(line);
  }
  while (/^[\s_=*-]*$/.test(kept.at(-1) ?? 'x')) kept.pop();
  return kept;
}

function headerBlock(lines: readonly string[], at: number): boolean {
  if (!FROM_LINE.test(lines[at] ?? '')) return false;
  return lines.slice(at + 1, at + 6).filter((line) => FURTHER_LINE.test(line)).length >= 2;
}

/** “On Tuesday, Nora wrote:” is broken over as many as three lines. How many it takes here; 0 when it does not stand here. */
function attributionLines(lines: readonly string[], at: number): number {
  if (!ATTRIBUTION_BEGIN.test(lines[at] ?? '')) return 0;
  for (let count = 1; count <= 3; count++) {
    const joined = lines
      .slice(at, at + count)
      .join(' ')
      .trim();
    if (joined.length > 400) return 0;
    if (ATTRIBUTION_END.test(joined) && /\d|@/.test(joined)) return count;
  }
  return 0;
}

/** From the line `-- ` on, when something stands before it. */
function withoutSignature(lines: readonly string[]): string[] {
  const at = lines.findIndex((line) => /^-- ?$/.test(line));
  const before = lines.slice(0, Math.max(at, 0));
  return before.some((line) => line.trim() !== '') ? before : [...lines];
}

const CLOSING =
  /^(?:(?:with )?(?:kind|best|warm(?:est)?|many)(?: regards| wishes| thanks)?|regards|best|cheers|sincerely(?: yours)?|yours (?:sincerely|truly|faithfully)|thanks(?: and regards)?|(?:mit )?(?:freundlichen|besten|herzlichen|vielen|viele|beste|liebe|schöne) (?:grüßen?|grüssen?|dank)|mfg|gruß|cordialement|bien (?:à vous|cordialement)|(?:meilleures|sincères) salutations|(?:un )?saludos?(?: cordiales)?|atentamente|cordiali saluti|distinti saluti|atenciosamente|cumprimentos|(?:met )?vriendelijke groet(?:en)?|pozdrawiam|z poważaniem|(?:med )?(?:vänliga|venlig|vennlig) (?:hälsningar|hilsen)|с уважением)\s*[,.!]?$/iu;
const CONTACT =
  /@|www\.|https?:|\+?\d[\d ()/.-]{6,}\d|^(?:t|m|f|tel|phone|mobile|mobil|fax|e-?mail|mail|web|office|direct)\.?\s*[:|]/iu;

/** Many sign without the line that begins a signature: behind “Kind regards” and a name stands how to reach them. */
function withoutContacts(lines: readonly string[]): string[] {
  const closing = lines.findLastIndex((line) => CLOSING.test(line.trim()));
  const name = closing === -1 ? -1 : lines.findIndex((line, i) => i > closing && line.trim() !== '');
  const behind = name === -1 ? [] : lines.slice(name + 1);
  const contacts = behind.some((line) => CONTACT.test(line.trim()));
  const words = behind.some((line) => line.trim().length > 80 || /^p\.?\s?s\b|[?!]$/i.test(line.trim()));
  return contacts && !words ? lines.slice(0, name + 1) : [...lines];
}

/** As many letters of ours in a row are no accident. */
const OURS = 24;

/**
 * Runs of our lines, in our order, go. A single short one (“Unsubscribe”, “Best wishes”) is as likely the writer's own, also
 * where it stands right above ours.
 */
function withoutSent(lines: readonly string[], sent: readonly string[]): string[] {
  const places = new Map<string, number[]>();
  for (const [i, line] of sent.flatMap((text) => text.split('\n').map(folded)).entries())
    if (line !== '') places.set(line, [...(places.get(line) ?? []), i]);
  const kept: string[] = [];
  let run: string[] = [];
  let last = -1;
  const endRun = (): void => {
    if (run.map(folded).join('').length < OURS) kept.push(...run);
    run = [];
    last = -1;
  };
  for (const line of lines) {
    const at = places.get(folded(line)) ?? [];
    const next = at.find((place) => place > last);
    if (next === undefined && folded(line) !== '') endRun();
    if (at.length > 0 || (folded(line) === '' && run.length > 0)) run.push(line);
    else kept.push(line);
    last = next ?? at[0] ?? last;
  }
  endRun();
  return kept;
}

function folded(line: string): string {
  return line
    .replace(/^[\s>|]+/, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}
