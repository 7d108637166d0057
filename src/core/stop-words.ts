import { plainText } from './plain-text.ts';

/** Longer than any request; stops bait. */
const MAX_TEXT = 20_000;
const MAX_SENTENCE = 1_000;

/** A line of nothing but this, apart from courtesies, is an order. */
const COMMANDS = new Set(
  `stop|stopp|unsubscribe|unsubscribe me|unsubscribe please|remove|remove me|opt out|optout|opt-out|take me off|no more mails|no more emails|no more e-mails|leave me alone
  abmelden|abmeldung|abbestellen|austragen|löschen|keine mails mehr|keine e-mails mehr|keine werbung
  désinscrire|désinscription|désabonner|désabonnement|me désinscrire|me désabonner|plus de mails
  baja|darme de baja|dar de baja|cancelar suscripción|cancelar suscripcion|no más correos|no mas correos
  disiscrivimi|cancellami|cancellazione|disiscrizione|basta mail|basta email
  descadastrar|remover|cancelar inscrição|cancelar subscrição|sair da lista
  afmelden|uitschrijven|afmelding|wypisz|wypisz mnie|wypisać|rezygnuję|avregistrera|avprenumerera|avmeld|meld meg av|afmeld|afmeld mig|peruuta tilaus|poista
  odhlásit|odhlaste mě|leiratkozás|leiratkozom|dezabonare|dezabonați-mă|отписаться|отписка|отпишите меня|отпишите|отпишіть мене|відписатися|стоп|aboneliği iptal et|abonelikten çık|listeden çıkar
  退订|退訂|取消订阅|取消訂閱|配信停止|配信停止希望|購読解除|登録解除|수신거부|수신 거부|구독취소|구독 취소|إلغاء الاشتراك|ביטול מנוי|הסר|διαγραφή|απεγγραφή|hủy đăng ký|berhenti berlangganan|ยกเลิกการรับข่าวสาร`
    .split(/[|\n]/)
    .map((command) => command.trim()),
);
const COURTESY =
  /(?<!\p{L})(?:please|pls|kindly|thanks?|thank you|thx|hi|hello|hey|dear|regards|best|cheers|bitte|danke|hallo|guten tag|mfg|grüße|merci|bonjour|svp|s['’]il vous pla[iî]t|por favor|gracias|hola|saludos|grazie|per favore|ciao|obrigad[oa]|olá|alstublieft|aub|dank|bedankt|proszę|dziękuję|tack|hej|takk|tak|venligst|kiitos|пожалуйста|спасибо|здравствуйте|lütfen|teşekkürler|请|謝謝|谢谢|お願いします)(?!\p{L})/giu;

/** “me”, “us”, “my address”: what tells a request from talk about how others leave lists. */
const ME = String.raw`(?:me|us|myself|this (?:e-?mail |mail )?(?:address|account|mailbox|inbox)|(?:my|our) (?:\w+ )?(?:e-?mails?|mails?|address|account|name|names|details|data|info|information|company|firm|team|domain|number|contact|contacts|mailbox|inbox|profile|record))`;
const MAILS = String.raw`(?:e-?mails?|mails?|messages?|newsletters?|mailings?|correspondence|communications?|marketing|spam|offers?|advertis\w+|ads)`;

/** Requests as people write them; each is an unmistakable one by its words alone, unless it is denied just before. */
const REQUESTS: readonly RegExp[] = [
  // English
  new RegExp(
    String.raw`\bunsub(?:scribe)?:? (?:(?:please|kindly|immediately) )?${ME}\b|(?:^|please |, ?|\bto |\band )unsubscribe (?:from|to) (?:this|these|your|the|all)\b`,
    'iu',
  ),
  /^(?:[\p{L}]+[,!:]? ){0,3}(?:please |pls |kindly )?unsubscribe(?: (?:immediately|now|asap|at once|today|right away|please|thanks?|thank you))*[\s.,!]*$/iu,
  /\b(?:i|we) (?:want|wish|need|would like|['’]d like|like|have tried|tried|have been trying|am trying) to (?:unsubscribe|opt[ -]?out|be (?:removed|taken off|unsubscribed))|\bhow (?:do|can|could) (?:i|we) (?:unsubscribe|opt[ -]?out|get off)|\b(?:i|we)(?: have|['’]ve)?(?: already)? (?:unsubscribed|opted[ -]?out)\b|\bunsubscribe (?:link|button|page)\b.{0,30}(?:n['’]t|not|broken|fails?|error)/iu,
  new RegExp(
    String.raw`\b(?:remove|delete|erase|strike)\b[^.!?]{0,40}\b${ME}\b[^.!?]{0,60}\b(?:from|off|out of)\b|\bremove (?:me|us)\b(?=\s*(?:[.,!]|$|please|now|immediately|asap|at once))|\btake ${ME}\b[^.!?]{0,30}\b(?:off|from|out of)\b|\b(?:get|put) (?:me|us) off (?:your|this|the)\b`,
    'iu',
  ),
  new RegExp(
    String.raw`\b(?:remove|delete|erase|strike) (?:(?:my|our) (?:\w+ )?(?:e-?mail|address|data|details|contact|information)s?|this (?:e-?mail |mail )?(?:address|account))\b|\b(?:my|our) (?:data|details|address)\b[^.!?]{0,40}\b(?:delete|erase|remove)\b|\bleave (?:me|us) (?:alone|in peace)\b`,
    'iu',
  ),
  new RegExp(
    String.raw`\b(?:stop|quit|cease)\b (?:\w+ )?(?:e-?mailing|mailing|contacting|writing|sending|spamming|bothering|messaging|harassing|pestering|soliciting)\b|\b(?:stop|cease) (?:these|the|your|all|with the|this) (?:\w+ )?${MAILS}\b`,
    'iu',
  ),
  new RegExp(
    String.raw`\b(?:do not|don['’]?t|never|no longer)(?: ever)?\b (?:e-?mail|contact|write(?: to)?|mail|message|send|bother|spam|approach|solicit)\b(?: (?:to )?(?:${ME}|this address|any|anything|${MAILS}|again|any ?more|further))`,
    'iu',
  ),
  new RegExp(
    String.raw`\b(?:do not|don['’]?t|no longer|never|not) (?:want|wish|like|agree|consent|care)\b[^.!?]{0,30}\b(?:receiv\w+|get(?:ting)?|to be (?:contacted|e-?mailed|mailed)|hear(?:ing)? from|your|these|more|any)\b[^.!?]{0,30}\b(?:${MAILS}|you|contacted|e-?mailed|mailed)\b`,
    'iu',
  ),
  /\bopt(?:ing)? (?:me|us) out\b|\bi(?:['’]m| am)? (?:hereby )?(?:opt(?:ing)?[ -]?out|withdraw(?:ing)?(?: my)? consent|object(?:ing)? to)\b|\b(?:please|just) opt[ -]?out\b/iu,
  new RegExp(String.raw`^[^.!?]{0,20}\bno more (?:\w+ )?${MAILS}\b`, 'iu'),
  // German
  /(?:meld\p{L}*|trag\p{L}*|nehm\p{L}*|nimm|streich\p{L}*|lösch\p{L}*|entfern\p{L}*)(?!\p{L})(?:(?!nicht)[^.!?]){0,40}(?<!\p{L})(?:mich|uns|meine|unsere|diese adresse)(?!\p{L})(?:(?!nicht)[^.!?]){0,60}(?:(?<!\p{L})(?:ab|aus|heraus|raus|verteiler|liste|newsletter|datenbank)(?!\p{L})|abmelden|austragen|$)/iu,
  /(?<!\p{L})(?:mich|uns|meine \S+|unsere \S+)(?!\p{L})(?:(?!nicht)[^.!?]){0,60}(?<!\p{L})(?:abmelden|austragen|abzumelden|auszutragen|löschen|zu löschen|entfernen|zu entfernen|streichen|herausnehmen|abgemeldet werden)(?!\p{L})/iu,
  /(?:kein\p{L}*|nicht) (?:\p{L}+ )?(?:(?:e-?)?mails?|nachrichten|werbung|newsletter|post|zuschriften|kontakt\p{L}*)[^.!?]{0,30}(?:mehr|weiteren?|künftig|zukünftig|in zukunft|erhalten|bekommen|senden|schicken|erwünscht)|(?:schick\p{L}*|schreib\p{L}*|send\p{L}*|kontaktier\p{L}*|mail\p{L}*) (?:sie )?(?:mir|mich|uns)(?: bitte)? (?:nicht|keine|nie)|(?:bitte )?(?:nicht|nie) (?:mehr|wieder|weiter) (?:an(?:schreiben|mailen)|kontaktieren|schreiben|schicken|mailen)|(?:^|bitte )keine weiteren (?:(?:e-?)?mails?|nachrichten|werbung)|widerspreche (?:ich )?(?:der|hiermit|jeder)|(?:unterlassen|hören) sie .{0,40}(?:mails|zusendung|werbung|schreiben)/iu,
  // French
  /désinscri(?:vez|re|s)[ -](?:moi|nous)|désabonne[rz]?[ -](?:moi|nous)|(?:me|nous) désinscrire|(?:me|nous) désabonner|(?:retire[rz]?|supprime[rz]?|enlève[rz]?|ôtez)[ -](?:moi|nous|mon|notre)|(?:me|nous) (?:retirer|supprimer|enlever) de|(?:retirer|supprimer|enlever) mon (?:adresse|e-?mail|nom)|ne (?:m['’]|me |nous )(?:envoy|écri|contact|sollicit)\p{L}*[^.!?]{0,15}(?:plus|pas)|(?:ne (?:plus|pas) (?:me|nous|m['’]) ?(?:envoyer|écrire|contacter|recevoir|solliciter))|(?:ne )?(?:souhaite|veux|désire|voulons|souhaitons) (?:plus|pas)[^.!?]{0,20}(?:recevoir|être (?:contacté|sollicité))|(?:cessez|arrêtez) (?:de|d['’]|vos|ces|l['’]envoi)[^.!?]{0,30}(?:m['’]|me|écrire|envo|e-?mails|messages|mails|contacter|sollicit)/iu,
  // Spanish
  /(?:d[ae]r?(?:me|nos)|d[eé]n?(?:me|nos)|quiero dar(?:me)?|deseo dar(?:me)?|solicito(?: la)?) (?:de )?baja|(?:eliminar?|quitar?|quit[ea]n?|borr[ae]r?|elimin[ea]n?|saca[r]?)(?:me|nos| mi| nuestro)(?: \p{L}+){0,3} (?:de|lista|correo|direcci)|(?:no (?:me |nos )(?:env[ií]\p{L}+|escrib\p{L}+|mand\p{L}+|contact\p{L}+))|no (?:quiero|deseo|queremos|deseamos) (?:recibir|más correos|mas correos|seguir)|(?:dej[ae]n?|par[ae]n?) de (?:enviar|escribir|mandar|contactar|molestar)|cancel\p{L}+ (?:mi|la|nuestra) (?:suscripci|inscripci)/iu,
  // Italian
  /disiscriv\p{L}*(?:mi|ci)|disiscriver(?:mi|ci)|cancella(?:te|re|mi|temi|rmi)[^.!?]{0,20}(?:mi|mio|la mia|dalla|iscrizione)|rimuov(?:i|ere|ete|a)(?:mi|temi)?[^.!?]{0,20}(?:mi|mio|la mia|dalla|indirizzo)|toglie(?:re|te|mi|temi|rmi)|(?:non (?:mi |ci )(?:invi|scriv|mand|contatt)\p{L}*)|non (?:desidero|voglio|vogliamo|desideriamo) (?:più )?(?:ricevere|essere contattat)|non (?:inviatemi|scrivetemi|mandatemi|contattatemi|inviarmi|scrivermi|contattarmi)|smett(?:ete|i|ere)(?:la)? di (?:scriv|invi|mand|contatt)/iu,
  // Portuguese
  /(?:remov[ae]m?|retir[ae]m?|exclu[ai]m?|tir[ae]m?|descadastr[ae]m?|cancel[ae]m?)[ -](?:me|nos|o? ?meu|minha)|(?:me|nos) (?:remov|retir|exclu|tir|descadastr)\p{L}*|não (?:me |nos )?(?:envie|mande|escreva|contate|contacte)\p{L}*|não (?:quero|desejo|queremos|pretendo|desejamos) (?:mais )?(?:receber|ser contactad|ser contatad)|par(?:e|em|ar) de (?:me |nos )?(?:enviar|mandar|escrever|contactar|contatar)|(?:cancelar|anular) (?:a )?(?:minha )?(?:inscrição|subscrição|assinatura)/iu,
  // Dutch
  /schrijf (?:mij|me|ons) (?:\p{L}+ ){0,2}(?:uit|af)(?!\p{L})|meld (?:mij|me|ons) (?:\p{L}+ ){0,2}af|(?:verwijder|haal) (?:mij|me|ons|mijn|ons)(?!\p{L})|(?:mij|me|ons) (?:graag |alstublieft )?(?:uitschrijven|afmelden|verwijderen)|(?:geen|niet) (?:\p{L}+ )?(?:e-?mails?|mails?|berichten|reclame)[^.!?]{0,20}(?:meer|ontvangen|sturen)|stuur (?:mij|me|ons) (?:geen|niet)|(?:mail|schrijf|benader|contacteer) (?:mij|me|ons) niet|stop met (?:mailen|schrijven|sturen|het sturen)/iu,
  // Polish
  /wypis(?:z|ać|zcie|anie) (?:mnie|nas)|(?:proszę|prosimy) (?:o )?(?:wypisan|usuni|rezygnacj|zaprzestan|nie (?:wysyła|pisa|kontaktowa))\p{L}*|usu(?:ń|nąć|ńcie) (?:mnie|mój|moje|nasz)|nie (?:wysyłaj|pisz|przysyłaj|kontaktuj)\p{L}*|nie (?:chcę|życzę|chcemy|życzymy) (?:sobie )?(?:\p{L}+ )?(?:otrzymywa|dostawa|kontakt|wiadomo|mail)\p{L}*/iu,
  // Swedish, Norwegian, Danish, Finnish
  /(?:ta bort|avregistrera|avprenumerera|avanmäl) (?:mig|oss|min|vår)|(?:sluta|upphör) (?:att )?(?:maila|mejla|skicka|kontakta|skriva)|(?:skicka|maila|mejla) (?:mig |oss )?(?:inte|inga)|vill inte (?:ha|få|längre)|(?:fjern|slett|slet|meld|afmeld|avmeld) (?:meg|mig|os|oss|min)|(?:ikke|ingen) (?:flere|mer|mere) (?:e-?post|e-?mails?|mails?|nyhetsbrev)|(?:ønsker|vil) (?:ikke|ingen)(?: lenger| længere)? (?:å motta|at modtage|flere|mer|mere|å få|have)|slutt å (?:sende|skrive|kontakte|maile)|stop med at (?:sende|skrive|kontakte|maile)|poista(?:kaa)? (?:minut|meidät|osoitteeni)|(?:älkää|älä) (?:enää )?(?:lähettä|lähetä|kirjoit|ota)\p{L}*|en halua (?:enää |saada )/iu,
  // Czech, Hungarian, Romanian, Turkish, Greek
  /(?:odhlaste|odhlásit|vyřaďte|odstraňte|smažte) (?:mě|nás|mou|můj|moji)|(?:neposílejte|nepište|nekontaktujte) (?:mi|nám|mě|nás)|(?:iratkozz|iratkozom|töröljenek|töröljön|ne küldj|ne írj)\p{L}*|(?:dezabon\p{L}+|șterge\p{L}+|elimina\p{L}+|scoate\p{L}+)[ -]?m[ăa](?!\p{L})|nu (?:îmi |imi |mai )+(?:trimite|scrie|contacta)\p{L}*|(?:beni|bizi) (?:listeden |listenizden )?(?:çıkar|sil)\p{L}*|(?:bana|bize) (?:artık |bir daha )?(?:e-?posta|mail|mesaj) (?:göndermeyin|atmayın|yazmayın)|(?:διαγράψτε|αφαιρέστε|διέγραψέ) (?:με|μας|το)|μη(?:ν)? (?:μου|μας) (?:στέλνετε|ξαναστείλετε|γράφετε)/iu,
  // Russian, Ukrainian
  /(?:отпишите|отписать|удалите|уберите|исключите|відпишіть|видаліть|приберіть) (?:меня|нас|мой|мою|мене|мій|мою)|(?:больше )?не (?:пишите|присылайте|шлите|отправляйте|беспокойте|надсилайте|пишіть)|(?:прекратите|перестаньте|хватит|припиніть) (?:\p{L}+ )?(?:рассылк|присылать|писать|слать|спам|розсилк|надсилати|писати)\p{L}*|не (?:хочу|желаю|хотим|бажаю) (?:больше |більше )?(?:получать|отримувати)/iu,
  // Chinese, Japanese, Korean, Arabic, Hebrew
  /(?:不要|别|請勿|请勿|勿)再?(?:给我|給我|向我)?(?:发|發|寄|联系|聯繫|打扰|打擾)|(?:取消|退出)(?:我的)?(?:订阅|訂閱)|(?:把我)?(?:从|從).{0,10}(?:列表|名单|名單)(?:中|里|裡)?(?:删除|刪除|移除|去掉)|退[订訂](?!.{0,4}(?:链接|連結)(?!.{0,6}(?:无效|失效)))|(?:メール|配信|連絡|送信)(?:は|を|の)?.{0,10}(?:停止|止め|やめ|しないで|送らないで|不要|ご遠慮)|(?:リスト|宛先).{0,8}(?:削除|外し)|(?:메일|이메일|연락|문자).{0,12}(?:보내지 ?마|그만|중단|원치 ?않|하지 ?마)|(?:수신|구독).{0,4}(?:거부|취소|해지)(?:합니다|해 ?주|부탁|요청)|(?:لا ترسل|توقف عن (?:إرسال|مراسلت)|أزل|احذف).{0,30}|(?:אל תשלח|הסירו אותי|הסר אותי|תפסיקו לשלוח|להסיר אותי)/u,
];

/** Alone in a line these are an order, within a text they are any word. */
const ONLY_IN_A_LINE = /^(?:stop|stopp|стоп|remove|remover|poista|löschen|baja)$/;
/** Full stops that end no sentence. */
const ABBREVIATED = /\b(?:a\.u\.b|s\.v\.p|p\.f|e\.g|z\.b)\./giu;

/** Just before the request, it turns it into its opposite. “If you don't …” and “why don't you …” do not. */
const DENIED =
  /(?:(?<!\b(?:if|unless|why|when|until|once) (?:you |they |we )?)\b(?:do not|don['’]?t|does not|doesn['’]?t|did not|didn['’]?t|never|not|no need to|rather not|wouldn['’]?t|would not|won['’]?t|will not|without|instead of|before (?:i|we)|if (?:i|we)|in case (?:i|we))(?: (?:want|need|wish|mean|like|going|have|plan|intend|ask(?:ed|ing)? you|please|just|ever|to|can|could|will|also)){0,3}|\b(?:if|should|when|whenever|in case) (?:you|anybody|anyone|the recipient)(?: (?:would|wish|want|prefer|like|do|to|rather))*|(?<!\p{L})(?:(?:falls|wenn|sollten?|sofern) (?:sie|du|ihr)(?: (?:mich|uns|künftig|zukünftig|in zukunft))?|si (?:vous|tu)|nicht|kein\p{L}*|wenn ich|bevor ich|ne pas|ne|n?e? ?\p{L}+ pas|sans|si je|no|no (?:quiero|deseo)|sin|si yo|não|não (?:quero|desejo)|non|non (?:voglio|desidero)|senza|niet|nie|inte|ikke|не))\s*$/iu;

/**
 * Whether the writer of these words, which must be free of quotes, asks unmistakably not to be mailed. Reads the larger
 * European languages and some others; a question about how others unsubscribe, or “please don't unsubscribe me”, is none.
 * Answers with the words that ask, at most 80 characters, or null.
 */
export function stopRequest(text: string): string | null {
  const plain = plainText(text.slice(0, MAX_TEXT).toWellFormed()).normalize('NFC').replace(/’/g, "'");
  const lines = plain.split('\n');
  const command = lines.find((line) => COMMANDS.has(bareWords(line)));
  if (command !== undefined) return shown(command);
  const paragraphs = plain.replace(ABBREVIATED, ' ').split(/\n\s*\n/);
  for (const sentence of paragraphs.flatMap((paragraph) =>
    paragraph
      .replace(/\s+/g, ' ')
      .trim()
      .split(/(?<=[.!?。！？])\s*/),
  )) {
    const bare = bareWords(sentence);
    if (COMMANDS.has(bare) && !ONLY_IN_A_LINE.test(bare)) return shown(sentence);
    const found = requestIn(sentence.slice(0, MAX_SENTENCE));
    if (found !== null) return found;
  }
  return null;
}

/** Without courtesies and signs; empty for what is no command, by its length or because it asks. */
function bareWords(line: string): string {
  if (line.length > 80 || line.includes('?')) return '';
  return line
    .toLowerCase()
    .replace(COURTESY, ' ')
    .replace(/[.,!;:"'“”„*_()[\]<>。！、]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

function requestIn(sentence: string): string | null {
  for (const request of REQUESTS) {
    const hit = request.exec(sentence);
    if (hit && !DENIED.test(sentence.slice(Math.max(0, hit.index - 60), hit.index))) return shown(hit[0]);
  }
  return null;
}

function shown(words: string): string {
  return words.replace(/\s+/g, ' ').trim().slice(0, 80).toWellFormed();
}
