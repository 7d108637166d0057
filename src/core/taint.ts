import { plainText } from './plain-text.ts';
import type { LeadFacts } from './facts.ts';

/**
 * Shapes of text that speaks to a machine rather than to a person. A hit never blocks; it makes the decision one for people.
 * Each language has the same idea: a verb that sets aside, and the instructions that are set aside.
 */
const SET_ASIDE: RegExp[] = [
  /\b(?:ignor(?:e|ing)|disregard(?:ing)?|forget|overrid(?:e|ing)|bypass|discard|skip|drop|do not follow|don['’]t follow|stop following|set aside|pay no attention to|abandon|suspend)\b(?:.{0,40}\b(?:previous|prior|above|earlier|preceding|foregoing|former|all|any|every|your|the|these|those|its|original|initial|whatever)\b.{0,40}\b|[ :,]+(?:\w+ )?)(?:instructions?|prompts?|rules?|guidelines?|polic(?:y|ies)|directions?|directives?|commands?|guidance|constraints?|guardrails?|restrictions?|limits|safety|filters?|programming|training|task|brief)\b/i,
  /\b(?:ignore|disregard|forget|discard)\b.{0,20}\b(?:everything (?:above|before|else|you|i|that)|(?:all|everything|anything) (?:of the )?(?:previous|prior|above)|what (?:you|i|we) (?:were|was|have been|said)|(?:the )?(?:context|text|content|lines?) above|(?:the )?above (?:text|context|content)|previous (?:text|context|messages?))/i,
  /\b(?:ignorier\p{L}*|vergiss|vergesst|missachte\p{L}*|übergeh\p{L}*|verwirf)(?!\p{L}).{0,50}(?:anweisung|instruktion|vorgabe|regel|befehl|richtlinie|bisherige|vorherige|obige)/iu,
  /\b(?:ignor[ae]d?|olvid[ae]|descarta|omite|haz caso omiso)\b.{0,50}(?:instruccion|reglas|indicacion|anteriores|órdenes|directrices)/iu,
  /(?:\bignor(?:e[rsz]?|ons)\b|\boubli(?:e[rsz]?|ons)\b|ne tiens? pas compte|ne tenez pas compte|faites? abstraction).{0,50}(?:instruction|consigne|règle|directive|précédent|ci-dessus)/iu,
  /\b(?:ignora(?:re|te)?|dimentica(?:re|te)?|trascura|non seguire)\b.{0,50}(?:istruzion|regole|indicazion|precedenti|direttive)/iu,
  /\b(?:ignor[ea]r?|esqueç[ao]|esquece|desconsider[ea]|descarte)(?!\p{L}).{0,50}(?:instruç|regras|anteriores|orientaç|diretriz|comandos)/iu,
  /\b(?:negeer|vergeet)\b.{0,50}(?:instructies|regels|opdrachten|aanwijzingen|voorgaande|vorige|bovenstaande)/iu,
  /(?:\bignoruj\p{L}*|zignoruj|zapomnij|pomiń|ignoruj(?:te)?|zapomeň(?:te)?).{0,50}(?:instrukcj|polecen|reguł|zasad|poprzedni|instrukc|pokyn|předchozí)/iu,
  /\b(?:ignorera|glöm|strunta i|ignorer|glem|se bort fra|unohda|ohita|älä välitä)(?!\p{L}).{0,50}(?:instruk|anvisning|regler|regel|tidigare|tidligere|foregående|ohje|aiemmat|aiempi|aikaisem)/iu,
  /(?:önceki|yukarıdaki|tüm).{0,40}(?:talimat|komut|yönerge|kural).{0,40}(?:yok ?say|unut|görmezden|dikkate alma)|(?:yok ?say|unut).{0,40}(?:talimat|komut|kural)/iu,
  /(?:игнорир|забудь|забыть|не обращай|пропусти|отмени|ігноруй|забудь).{0,50}(?:инструкц|указан|правил|команд|предыдущ|інструкц|вказів|попередн)/iu,
  /(?:忽略|无视|無視|忘记|忘掉|忘記|不要理会|不理會|跳过).{0,20}(?:指令|指示|说明|說明|提示|规则|規則|以上|之前|上述|前面|先前)/u,
  /(?:以前|これまで|上記|前|すべて|全て|先).{0,12}(?:指示|命令|ルール|プロンプト).{0,12}(?:無視|忘れ|従わない)|(?:無視|忘れ).{0,12}(?:指示|命令|ルール)/u,
  /(?:이전|위의|위|앞의|모든|기존).{0,12}(?:지시|명령|지침|규칙|프롬프트).{0,16}(?:무시|잊|따르지)/u,
  /(?:تجاهل|انس|انسَ|لا تتبع).{0,40}(?:التعليمات|الأوامر|القواعد|السابقة|التوجيهات)|(?:התעלם|התעלמי|שכח).{0,40}(?:ההוראות|הקודמות|הכללים|מההוראות)|نادیده بگیر|(?:دستورات|دستورالعمل).{0,30}نادیده/u,
  /(?:निर्देश|नियम|आदेश|पिछले|पिछली|उपरोक्त).{0,40}(?:अनदेखा|भूल|नज़रअंदाज|नजरअंदाज|अनदेखी)/u,
  /(?:bỏ qua|phớt lờ|quên).{0,40}(?:hướng dẫn|chỉ dẫn|lệnh|quy tắc|trước)|(?:abaikan|lupakan).{0,40}(?:instruksi|perintah|aturan|arahan|sebelumnya)|(?:αγνόησε|ξέχασε|αγνοήστε).{0,40}(?:οδηγί|εντολ|κανόν|προηγούμεν)|(?:ignoră|uită|ignorați).{0,40}(?:instrucțiun|reguli|anterioare)|(?:hagyd figyelmen kívül|felejtsd el).{0,40}(?:utasítás|szabály|korábbi)|(?:korábbi|előző).{0,20}utasítás.{0,30}(?:figyelmen kívül|felejts)|(?:เพิกเฉย|ไม่ต้องสนใจ|ลืม).{0,40}(?:คำสั่ง|คำแนะนำ)/iu,
];

/** A new role, a new task, or a voice that belongs to the program. */
const NEW_TASK: RegExp[] = [
  /\byou are (?:now|no longer)\b|\bfrom now on,? (?:you|act|respond|reply|write|answer|always|only)\b|\bpretend (?:to be|that you|you are)\b|\bact as (?:if you|though you|an? (?:unrestricted|different|new|ai|admin\w*|root|system|developer|assistant|dan|jailbroken|helpful|sales agent))\b|\b(?:new|updated|revised|additional|special|secret|hidden|real|actual|important|following|urgent) (?:system )?(?:instructions?|prompt|directives?)\b\s*(?:[:.\-–—]|for|from|are|is|to|follow)|\byour (?:new|real|actual|only|true) (?:task|job|goal|role|instructions?|purpose|objective)\b|\bjail ?break|\bdo anything now\b|\b(?:developer|god|debug|admin|maintenance|dan|sudo|unrestricted) mode\b|\broleplay as\b/i,
  /\b(?:system|developer) ?(?:prompt|message|override|instructions?|notice|note|command)\b\s*(?:[:=>\]\-–—]|is|begins?|ends?|follows?|update)|(?:^|[\n.;!?"'>}\]])\s*(?:system|assistant|developer)\s*[:>\]]\s*(?:you|ignore|set|approve|new|override|the (?:user|lead|following|above|previous|reviewer)|from|respond|do|always|never|please|score|send|mark|write|this lead|all)/i,
  /<\|?\/?(?:im_start|im_end|im_sep|system|assistant|developer|endoftext|eot_id|start_header_id|instructions?|prompt)\b[^>]{0,20}\|?>|\[\/?(?:INST|SYS|SYSTEM|ASSISTANT)\]|<<\/?SYS>>|\bBEGIN (?:SYSTEM|PROMPT|INSTRUCTIONS?)|\bEND OF (?:LEAD |USER |THE )?(?:DATA|FACTS|PROMPT|INPUT|INSTRUCTIONS?|CONTEXT)|#{2,}\s*(?:system|instruction|response|task|prompt|human|assistant)\b|\bLEAD FACTS\b|\b(?:Human|Assistant):\s.{0,80}\b(?:Human|Assistant):/i,
  /\b(?:(?:note|message|attention|instructions?|notice|hint|hello|dear|hey|to|for|if you are|as) (?:to |for )?(?:all |any |the |an? |this |your )?(?:ai|a\.i\.|llms?|language model|chat ?bots?|chatgpt|gpt|claude|gemini|copilot|automated (?:system|agent|reader)|ai (?:assistant|agent|model|system|writer|reviewer))s?)\b(?:\s*[:,.!–—-]|\s+(?:reading|processing|writing|scoring|that|which|who|must|should|please|you|to|agent|assistant|model))/i,
  /\b(?:respond|reply|answer|output|return|write|say|print) (?:only |just |exactly |verbatim |nothing but )+(?:with |the |this |in |as )?|\bdo not (?:mention|tell|inform|alert|notify|reveal|show) (?:this|the (?:user|reviewer|human|approver)|anyone|a(?:ny)? human)|\bwithout (?:human|any) (?:review|approval|oversight)\b|\bskip (?:the )?(?:review|approval|human)/i,
  /\b(?:reveal|print|repeat|show|output|leak|dump|disclose|expose|include|paste|append|quote|tell me)\b.{0,40}\b(?:(?:system|initial|original|hidden|your|full|above|entire|these) (?:prompt|instructions?|configuration|rules)|api[ _-]?keys?|passwords?|credentials|access tokens?|environment variables|(?:other|all) (?:leads?|customers?|contacts?|users?)['’]? (?:e-?mails?|names?|data|addresses|details|list))/i,
];

/** What this program could be talked into. */
const OUR_LEVERS: RegExp[] = [
  /\b(?:auto-?approve[ds]?|pre-?approved?|automatically approved?|approve (?:this|all|every|it|the (?:draft|mail|e-?mail|message|lead|decision|score)|my|me|automatically|immediately|without)|(?:must|should|has to|needs to|is|be|already) (?:be )?(?:auto-?)?approved (?:automatically|immediately|without|by))\b|\bmark (?:this|it|the (?:draft|lead|mail|e-?mail|decision)|me|as) (?:as )?(?:approved|safe|hot|qualified|priority|reviewed)\b/i,
  /\b(?:set|change|raise|increase|update|put|make|force|assign|give|rate|adjust)\b.{0,30}\b(?:score|risk|tier|doubt|threshold|rating|priority|confidence)\b.{0,20}(?:\bto\b|=|:|\bof\b|\bas\b|\bat\b)\s*(?:the )?(?:\d|hot|high|max|zero|one hundred|full|top|low|none)|\b(?:score|rate|rank|classify|grade|treat) (?:this|me|us|my company|the lead|this lead|it|every lead|all leads)\b.{0,20}(?:\d{2,3}|hot|high(?:est)?|maximum|perfect|top|qualified)|\b(?:score|doubt|risk|tier)["']?\s*[:=]\s*["']?(?:100|0(?:\.0)?\b|hot\b|1\.0)/i,
  /\b(?:give|assign|grant|award)\b.{0,20}\b(?:me|us|this lead|the lead|my company|it)\b.{0,20}\b(?:score|100|(?:the )?(?:highest|maximum|perfect|top))|\b(?:puntuación|score|punktzahl|bewertung|note|punteggio|pontuação)\b.{0,20}\b(?:de|von|auf|à|a|di|sur)\b\s*100\b|\b(?:setze|gib|vergib|asigna|pon|attribue|mets|donne|assegna|dai|atribua|defina)\b.{0,40}\b(?:100|máxim[ao]|maximal|massimo|höchste)/iu,
  /\b(?:send|forward|cc|bcc|copy|e-?mail|reply|mail|deliver|redirect)\b.{0,50}(?:\bto\b|:)\s*.{0,30}[\w.+-]+@[\w-]+\.\w|\b(?:add|put|include|use)\b.{0,40}\b(?:bcc|cc|reply-to|recipient)\b|\b(?:change|replace|set) the (?:recipient|sender|link|reply-to|from address|url)/i,
  /\b(?:click|insert|include|add|use|put|append|replace|link)\b.{0,40}\b(?:this|the following|our|my|every|all|following) (?:link|url|links|button)\b.{0,60}(?:https?:|www\.)|\b(?:include|insert|add|write|append|put)\b.{0,30}\b(?:in|into|to|at the end of) (?:the|your|every|each) (?:e-?mail|draft|mail|message|reply|subject|response|output)\b/i,
  /\b(?:offer|promise|give|grant|tell)\b.{0,30}\b(?:me|us|them|him|her|the lead|this lead)\b.{0,30}\b(?:\d{1,3} ?%|free|discount|for life|unlimited)|\bunsubscribe (?:all|everyone|every|the other)|\b(?:pause|resume|delete|drop|cancel|stop|disable|enable|turn off|deactivate) (?:all|every|the) (?:other )?(?:workflows?|leads?|e-?mails?|decisions?|campaigns?|guardrails?|checks?|filters?|table|reviews?)|\b(?:drop table|delete from|curl http|wget http|rm -rf|<script|onerror=|<img[^>]{0,40}onerror)/i,
];

/** Orders to whoever writes, scores or reviews here; people who fill in a form have none to give. */
const ORDERS: RegExp[] = [
  /\b(?:instructions?|guidance|guidelines?|rules|prompts?|orders|directives?|restrictions?|told you)\b.{0,40}\b(?:void|no longer|not apply|n['’]t apply|have changed|has changed|invalid|outdated|obsolete|cancel+ed|superseded|suspended|lifted|replaced by|not valid|do not count)\b|\b(?:earlier|previous|prior|above|original) (?:guidance|orders|instructions|prompt)\b.{0,40}\b(?:was|were|is|are) (?:a )?(?:test|mistake|wrong|fake)|\b(?:new|next|real|actual|first) task\s*[:.–—-]/i,
  /\bno (?:human |further |manual )*(?:approval|review|check)s? (?:is |are )?(?:needed|required|necessary)\b|\b(?:already|been|was) (?:reviewed|approved|checked|verified|cleared) by (?:a |the )?(?:human|person|reviewer|approver|moderator)|\b(?:reviewers?|approvers?|human review) (?:is|are|has been|have been) (?:on|off|away|disabled|unavailable|out|not|turned)|\bauto[- ]?approv|\bauthori[sz]e[ds]? .{0,30}(?:automatic|sending|approval)|\b(?:automatic(?:ally)?|instant(?:ly)?|immediate(?:ly)?) (?:approv|send|accept|release)/i,
  /\b(?:review|approv|human|auto|score|risk|doubt|tier|taint|route|gate|safe|spot_?check|verdict|status|decision)\w{0,20}["']?\s*[:=]{1,2}\s*["']?(?:true|false|yes|off|skip(?:ped)?|disabled|approved|auto|0(?:\.0+)?|1(?:\.0+)?|100|hot)\b/i,
  /\b(?:when|whenever|while|before|once) you (?:write|draft|compose|generate|score|process|answer|create|summari[sz]e|evaluate|assess|read this)\b|\b(?:write|draft|compose|generate|phrase|word) (?:the|this|your|every|all|an?)? ?(?:e-?mails?|mails?|drafts?|reply|answer)\b.{0,30}\b(?:as if|as though|so that|saying|in the (?:style|voice|name)|like a|entirely)|\b(?:use|copy|repeat|quote) (?:only |exactly )?(?:this|the following|these|my)\b.{0,20}\b(?:subject|text|wording|words|link|line|body|sentence|paragraph|phrase)/i,
  /\b(?:put|place|insert|include|add|mention|write|paste|embed|hide|append)\b.{0,80}\b(?:in|into|to|at|inside|within) (?:the|your|every|each|this|all) (?:\w+ )?(?:drafts?|e-?mails?|mails?|messages?|subject(?: line)?|reply|output|response|answer|rationale|body|footer)\b|\b(?:output|print|say|write|reply with|respond with|answer with|return) (?:the|this|exactly|only|just)? ?(?:word|phrase|following|sentence|string|token|json)\b|\btell (?:the lead|them|everyone|the customer|the reader|the recipient|the reviewer) (?:that|it|to|about)\b/i,
  /\b(?:make sure|ensure|see to it|guarantee)\b.{0,40}\b(?:score[ds]?|tier|points|rating|ranked|approved|hot|top)\b|\b(?:scores?|tier|lead|rating|rank|points|doubt|risk)\b.{0,20}\b(?:must|should|has to|needs to|shall|ought to|is to|will) (?:always |now )?(?:be|get|become|have|equal|receive|say)\b|\b(?:put|place|move|bump|promote|get|rank|list|push) (?:me|us|this lead|it|them|this one|this record|our company)\b.{0,30}\b(?:top|first|hot|highest|tier|front|head)\b|\bno matter what\b.{0,40}\b(?:score|lead|approve|say|write)|\b(?:tier|score|approve|lead)\b.{0,40}\bno matter what\b/i,
  /\bb?cc\b.{0,40}@|\bas (?:the|your|an?) (?:system |root |database )?(?:administrator|admin|developer|operator|supervisor|creator|owner)\b,? (?:i|we|you)\b|\bi(?: am|['’]m) (?:the|your) (?:developer|administrator|admin|creator|operator|supervisor|programmer)\b|\b(?:this is|message from|signed,?|sincerely,?) (?:your |the )?(?:developers?|openai|administrators?|system administrator|creators?|engineering team)\b/i,
  /\byou (?:will|must|shall|should|have to|need to|are to|are (?:hereby )?(?:ordered|instructed|required|allowed|authori[sz]ed|permitted) to|may now|can now) (?:now |always |never |only |just |not |please )*(?:act|approve|obey|comply|follow|ignore|include|write|say|output|respond|answer|set|score|mark|add|insert|mention|pretend|behave|accept|rank|rate|treat|assign|promise|offer|disclose|print|forget)\b|\bthe (?:assistant|ai|bot|model|system|agent|reviewer|machine|program|writer) (?:should|must|will|shall|has to|may|is to|needs to) (?:now |always |never |only |not |immediately )*(?:output|say|write|approve|ignore|score|set|send|respond|answer|act|obey|give|include|mark|accept|follow|reveal|print|assign|rate|treat)\b|\b(?:hey|hello|hi|dear|attention|listen|ok|okay|yo),? (?:bot|robot|ai|chatbot|machine|computer|assistant|model|agent)\b/i,
  /(?:anweisung|vorgabe|regeln|instruccion|reglas|instructions|consignes|istruzioni|regole|instruções|regras|instructies|instrukc|инструкци|указани|指令|指示|说明|ルール|지시|التعليمات|talimat).{0,40}(?:ungültig|gelten nicht|gilt nicht|aufgehoben|hinfällig|ya no|no valen|anulad|inválid|nulles|ne s['’]appliquent|caduques|annulé|non valgono|non valg|annullat|não valem|anuladas|ongeldig|nie obowiązują|недействит|отмен|больше не|无效|作废|失效|無効|무효|غير صالحة|geçersiz)/iu,
  /(?:genehmig|freigeb|freigegeben|bestätig|aprueb|aprob|aprób|approuv|valide[rz]?(?!\p{L})|approva|aprov[ea]|goedkeur|keur|zatwierd|schval|godkänn|godkend|godkjenn|hyväksy|onayla|одобр|утверд|схвал|批准|承認|核准|승인|وافق|स्वीकृत|אשר).{0,40}(?:automatisch|automatisk|ohne|sofort|automátic|sin |automatiqu|automatic|immédiat|sans |subito|senza |sem |zonder|bez |utan|uden|uten|automaatt|автоматич|без |сразу|自动|自動|直接|立即|すぐ|자동|즉시|تلقائ|otomatik|स्वतः|अपने आप|אוטומטי)|(?:automatisch|自动|自動|자동으로|автоматически|automatiquement|automáticamente|automaticamente).{0,20}(?:genehmig|freigeb|批准|承認|통과|승인|одобр|approuv|aprob|approv|aprov)/iu,
  /(?:分数|分數|评分|評分|スコア|点数|評価|оценк|балл|점수|punktzahl|puntuación|puntaje|punteggio|pontuação|النتيجة|puan|wynik|poäng|skóre|अंक|स्कोर).{0,20}(?:100|満点|满分|最高|maxim|máxim|максим|높|최고)/iu,
];

const HIDDEN_MARKUP = /<!--|style\s*=\s*["'][^"']{0,80}(?:display\s*:\s*none|font-size\s*:\s*0|visibility\s*:\s*hidden|opacity\s*:\s*0|color\s*:\s*(?:white|#fff))|!\[[^\]]{0,40}\]\(https?:/i;
const INSTRUCTION: readonly RegExp[] = [...SET_ASIDE, ...NEW_TASK, ...OUR_LEVERS, ...ORDERS, HIDDEN_MARKUP];

/** Characters no keyboard writes: a text that has them was made for a machine. Soft hyphens and byte order marks come with copied text. */
const SMUGGLED = /[\u200b\u2060-\u2064\u202a-\u202e\u2066-\u2069\u3164\u{1d173}-\u{1d17a}\u{e0001}\u{e0100}-\u{e01ef}]|(?<!\u{1f3f4}[\u{e0020}-\u{e007f}]{0,10})[\u{e0020}-\u{e007f}]|[\ufe00-\ufe0f]{2}/u;

const LONG_BASE64 = /[A-Za-z0-9+/_-]{20,4000}={0,2}/g;
const LONG_HEX = /(?:[\da-f]{2}[ :]?){16,2000}/gi;
const LATIN_TWINS: Record<string, string> = {
  а: 'a', е: 'e', о: 'o', р: 'p', с: 'c', у: 'y', х: 'x', і: 'i', ј: 'j', ѕ: 's', ԁ: 'd', һ: 'h', ԛ: 'q', ԝ: 'w', к: 'k', т: 't', м: 'm', н: 'h', в: 'b',
  α: 'a', ε: 'e', ο: 'o', ρ: 'p', ν: 'v', ι: 'i', κ: 'k', υ: 'u', τ: 't', ı: 'i', ɡ: 'g', ɩ: 'i', ո: 'n', ս: 'u',
}; // biome-ignore format: a table
const DIGIT_LETTERS: Record<string, string> = { '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '@': 'a', $: 's', '!': 'i', '|': 'l' };

function speaksToMachine(text: string): boolean {
  return INSTRUCTION.some((pattern) => pattern.test(text));
}

/** The same text as it would read without each of the usual disguises. Only what differs from the text is returned. */
function undisguised(text: string): string[] {
  // “i g n o r e   a l l”: letters with one blank between them, words with more.
  const squeezed = text.replace(/(?<=(?:^|[^\p{L}])\p{L})[ ._*-](?=\p{L}(?:[^\p{L}]|$))/gu, '').replace(/ {2,}/g, ' ');
  const latin = text.toLowerCase().replace(/[\u0370-\u03ff\u0400-\u052f\u0531-\u058fıɡɩ]/gu, (letter) => LATIN_TWINS[letter] ?? letter);
  const letters = text.replace(/(?<=\p{L})[013457@$!|]|[013457@$!|](?=\p{L})/gu, (digit) => DIGIT_LETTERS[digit] ?? digit);
  const bare = text.normalize('NFD').replace(/\p{M}/gu, '');
  const rot13 = text.replace(/[a-z]/gi, (letter) => String.fromCharCode(letter.charCodeAt(0) + (letter.toLowerCase() < 'n' ? 13 : -13)));
  const reversed = [...text].reverse().join('');
  const percent = text.replace(/(?:%[\da-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8'));
  const entities = text.replace(/&#(x?)([\da-f]{2,6});/gi, (whole, hex: string, digits: string) => characterAt(Number.parseInt(digits, hex === '' ? 10 : 16)) ?? whole);
  const escapes = text.replace(/\\[ux]\{?([\da-f]{2,6})\}?/gi, (whole, digits: string) => characterAt(Number.parseInt(digits, 16)) ?? whole);
  return [squeezed, latin, letters, bare, rot13, reversed, percent, entities, escapes, ...decoded(text)].filter((other) => other !== text);
}

function characterAt(code: number): string | null {
  return code >= 32 && code <= 0x10ffff ? String.fromCodePoint(code) : null;
}

function decoded(text: string): string[] {
  const base64 = [...text.matchAll(LONG_BASE64)].map(([encoded]) => Buffer.from(encoded, 'base64').toString('utf8'));
  const hex = [...text.matchAll(LONG_HEX)].map(([encoded]) => Buffer.from(encoded.replace(/[ :]/g, ''), 'hex').toString('utf8'));
  return [...base64, ...hex];
}

/** Long texts are looked at in overlapping pieces, so that no bait makes an expression slow. */
const PIECE = 2000;

function looksLikeInstruction(text: string): boolean {
  const plain = plainText(text).normalize('NFKC').replace(/\s*\n\s*/g, '\n');
  for (let from = 0; from === 0 || from < plain.length - 200; from += PIECE - 200) {
    const piece = plain.slice(from, from + PIECE);
    const flat = piece.replace(/\s+/g, ' ');
    if ([piece, flat, ...undisguised(piece.replace(/\n/g, ' '))].some(speaksToMachine)) return true;
  }
  return false;
}

/**
 * The names of the lead's fields that contain text which looks like an instruction to a machine, or invisible characters
 * that only a machine would read. Fields are also looked at together, since a payload may be split across them.
 */
export function taintOf(lead: LeadFacts): string[] {
  const named: Array<[string, string]> = [
    ['firstName', lead.firstName ?? ''],
    ['lastName', lead.lastName ?? ''],
    ['company', lead.company ?? ''],
    ['title', lead.title ?? ''],
    ['source', lead.source ?? ''],
    ['country', lead.country ?? ''],
    ['language', lead.language ?? ''],
    ['timezone', lead.timezone ?? ''],
    ...Object.entries(lead.fields),
    ...lead.events.map((event, i): [string, string] => [`event ${i + 1} (${event.type})`, event.detail]),
  ];
  const hits = named.filter(([, text]) => looksLikeInstruction(text) || SMUGGLED.test(text)).map(([name]) => name);
  if (hits.length > 0) return hits;
  const texts = named.map(([, text]) => text.trim()).filter(Boolean);
  return looksLikeInstruction(texts.join(' ')) || looksLikeInstruction(texts.join('')) ? ['several fields together'] : [];
}
