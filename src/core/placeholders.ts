/**
 * What a template engine or a lazy model leaves behind. Links and addresses are taken out before these run, since both
 * may contain percent signs and underscores of their own. Every expression is bounded, so that bait can't make it slow.
 */

/** Marks around a slot. A mail to a person has no use for braces, tags or bracketed words, so most rules ask for no known name. */
const MARKS: RegExp[] = [
  // “[sic]” and the tags people put before a subject are words of their own; everything else in brackets is a slot.
  /\[(?!(?:sic|pdf|webinar|event|video|report|update|invitation)\])[^[\]\n]{0,80}\p{L}[^[\]\n]{0,80}\]/iu,
  /[【〔［〚][^】〕］〛\n]{1,60}[】〕］〛]/u,
  /\{[^{}\n]{0,80}\}|[{}]/,
  /<%|%>|<\|[^|>\n]{1,40}\|>/,
  /<\/?[a-z!][^<>@\n]{0,60}>/i,
  /[‹«](?:[A-Z_]{2,40}|[a-z]+_[a-z_]{1,40})[›»]/,
  /%{1,2}[a-z][a-z_.]{1,40}%{1,2}|(?<![\d\p{L}])%(?:\d\$)?[sd]\b/iu,
  /\$[a-z][a-z_]{2,40}\b/i,
  /(?<![\p{L}\d#])#{1,2}[a-z_]{2,40}#{1,2}(?!\p{L})|(?<![\p{L}\d@])@{1,2}[a-z_]{2,40}@{1,2}(?!\p{L})/iu,
  /\*?\|{1,2}[a-z][a-z_:. ]{0,40}[a-z]\|{1,2}\*?/i,
  /~{1,2}[A-Z][A-Z_]{2,40}~{1,2}|\^[A-Z][A-Z_]{2,40}\^/,
  /_{3,}|__[A-Z][A-Z_]{1,40}__|\.{6,}|…{2,}|-{3,}(?=[,.!])/,
  /\(\s*(?:insert|add|enter|fill in|replace)\b[^)\n]{0,60}\)/i,
  /\(\s*(?:your|the|first|last|full|company|recipient|sender|lead|customer|prospect)?(?:'s)?[ _-]?(?:name|company name|job title)\s*\)/i,
];

/** Names of slots and words that stand for a text still to come. */
const WORDS: RegExp[] = [
  /\b[A-Z]{2,20}_[A-Z_]{2,40}\b/,
  /\b(?:first|last|full|company|lead|recipient|contact|user|customer|account|sender|job|product)_(?:name|title|company|link|date)\b/i,
  /\b(?:first|last|full|company|recipient|sender|lead|contact|customer|account)(?:Name|Title)\b/,
  /\b(?:FIRST|LAST|FULL|COMPANY|CUSTOMER|CLIENT|PRODUCT|JOB) ?(?:NAME|TITLE)\b/,
  /\b(?:NAME|FNAME|LNAME|FIRSTNAME|LASTNAME|SURNAME|COMPANY|COMPANYNAME|RECIPIENT|VORNAME|NACHNAME|NOMBRE|PRENOM|PRÉNOM|PLACEHOLDER|JOBTITLE)\b/,
  /\b(?:Your|Company|Recipient(?:[’']s)?|Sender(?:[’']s)?|Lead(?:[’']s)?|Client(?:[’']s)?|Customer(?:[’']s)?|Prospect(?:[’']s)?|First|Last) (?:Name|Company Name|Job Title|Title|Position)\b/,
  /\b(?:dear|hi|hello|hey|hallo)\s+(?:first ?name|last ?name|full ?name|name|(?:customer|client|company) name|customer|client|prospect|recipient|lead|contact|user)\b/i,
  /^[ \t]*(?:your )?(?:name|full name|job title|title|position|company|phone|contact (?:info|information|details))[ \t]*$/im,
  /\b(?:Vorname|Nachname|Firmenname|Platzhalter|placeholder text)\b/,
  /\bINSERT\b|\binsert\s+(?:[\p{L}’']{1,20}\s+){0,3}(?:here|name|company|link|story|stat|statistic|date|quote|example|fact|title)\b/iu,
  /\b(?:ADD|FILL IN|ENTER|REPLACE|REPLACE WITH)\s+(?:[A-Z']{1,20}\s+){0,3}(?:HERE|NAME|COMPANY|LINK|TITLE|DATE|DETAILS|FACT|STORY|NUMBER|URL|TEXT)\b/,
  /\bTB[DCA]\b|\bTODO\b|\bFIXME\b|\bX{2,}\b|\bx{3,}\b|\?{3,}|\blorem\b|\bdolor sit amet\b/i,
  /(?<![\p{L}\d])[XYN] ?%|[$€£] ?[XYN](?:[.,][XYN]+)?\b|\b[XYN] (?:years|customers|clients|companies|hours|days|minutes|percent)\b|#,###/u,
  /\bXYZ\b|\bABC (?:company|corp|inc|ltd)\b|\b(?:company|firm|firma) (?:ABC|X)\b/i,
  /\b(?:john|jane) doe\b|\bmustermann\b/i,
  /\b(?:DD|MM)[./-](?:MM|DD)[./-]YY(?:YY)?\b|\bYYYY\b|\bHH:MM\b|\b0{2}[./-]0{2}[./-]0{2,4}\b/,
];

/** Values that a program prints when it has none. */
const NO_VALUES: RegExp[] = [
  /(?<!\b(?:an|left|remains?|stays?) )\bundefined\b/i,
  /\bNaN\b|\bInvalid Date\b|\bnot a number\b|\[object /,
  // “null and void” and “the null hypothesis” are English; so is “bei null” German.
  /(?<![\w-]|\b(?:bei|von|auf) )null(?![\w-]| and void| hypothesis| hypotheses| result| und nichtig)/i,
  /\b(?:[Hh]i|[Hh]ello|[Dd]ear|[Hh]ey|at|from|for|with)\s+(?:None|nil|nan|N\/A|n\/a|Unknown|Select|NULL|Not (?:specified|provided|available))\b/,
  /\b1970-01-01\b|\b0?1\/0?1\/1970\b|\bJanuary 1(?:st)?, 1970\b|\b1 January 1970\b/,
  // A slot that was filled with nothing: “Hi ,” or “the team at .”
  /\b(?:hi|hello|dear|hey|hallo|at|for|with|from|of|and|your|the|to|in|as)[ \t]+[,.!](?=\s|$)/im,
  /&(?:[a-z]{2,8}|#\d{2,5}|#x[\da-f]{2,5});/i,
  /\\[nrt"]|\\u[\da-f]{4}/i,
  /\ufffd|Ã[\u0080-\u00bf]|â€[™œ“”˜]/,
];

/** A model that speaks to whoever asked it, not to the lead. */
const MACHINE_TALK: RegExp[] = [
  /```/,
  /^\s{0,3}#{1,6} \S/m,
  /\b(?:as|i am|i’m|i'm) (?:an? |your )?(?:large |helpful |virtual )?(?:ai\b(?! (?:company|start-?up|team|vendor|firm|business|leader|engineer|researcher|practitioner|expert|consultant|lab))|artificial intelligence\b|language model|ai language model)/i,
  /\bi(?: am|’m|'m) sorry,? but i (?:can(?:no|’|')?t|am unable)\b|\bi (?:cannot|can’t|can't|am unable to|won’t|won't) (?:assist|help|comply|fulfill?|complete|generate|write|create|provide) (?:with )?(?:that|this|your|the)\b|\bknowledge cut-?off\b|\bmy training data\b/i,
  /^\s*(?:sure|certainly|absolutely|of course|okay|ok|got it|great)(?: thing)?[,!.:]\s+(?:here|i['’ ]|below|let me)/i,
  /^[^\w\n]{0,20}(?:here(?:['’]s| is| are)|below (?:is|you(?:['’]ll| will) find)) (?:the|your|a|an|my|some|two|three) (?:[\p{L}-]{1,20} ){0,4}(?:e-?mails?(?! address)|drafts?|subject lines?)\b/imu,
  /\b(?:let me know if|would) you(?:['’]d| would)? like (?:me )?to (?:adjust|revise|rewrite|tweak|modify|make (?:it|any|further)|shorten|change (?:it|the tone|anything))/i,
  /\b(?:feel free to|you (?:can|may)) (?:adjust|customi[sz]e|personali[sz]e|tweak|modify) (?:it|this|the (?:e-?mail|draft|text))\b|\bi hope this (?:draft|version)\b/i,
  /^[^\w\n]{0,20}(?:subject(?: line)?|betreff|asunto|objet|oggetto|body|bcc|cc|from|to|word count|e-?mail(?: draft)?|(?:option|version|variant) [\dab])\s*\**\s*:/im,
  /^[^\w\n]{0,20}subject(?: line)?\s+[-–—]\s/im,
];

const ALL = [...MARKS, ...WORDS, ...NO_VALUES, ...MACHINE_TALK];

/** The first thing in the text that was meant to be replaced or never meant for the lead; null when there is none. */
export function placeholderIn(text: string): string | null {
  for (const pattern of ALL) {
    const hit = pattern.exec(text);
    if (hit) return hit[0].trim();
  }
  return null;
}
