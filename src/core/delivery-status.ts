import { originalHeaders } from './feedback-report.ts';
import type { InboundMail, MailEnvelope } from './inbound-mail.ts';
import { headersOf, headerValue, messageIdsIn } from './mail-headers.ts';

export type DeliveryAction = 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded';

/** What a mail server says became of a mail for one recipient (RFC 3464). */
export type DeliveryReport = {
  /** Addresses in lower case: the one that failed in the end, and the one that was written to. */
  finalRecipient: string | null;
  originalRecipient: string | null;
  action: DeliveryAction;
  /** `5.1.1` (RFC 3463), or null. */
  status: string | null;
  /** One line of the server's words, at most 500 characters. */
  diagnostic: string;
};

export type BounceVerdict = 'hard' | 'soft' | 'delayed' | 'delivered';

const STATUS_PART = new Set(['message/delivery-status', 'message/global-delivery-status']);
const ACTIONS: readonly DeliveryAction[] = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'];
const MAX_RECIPIENTS = 20;

/**
 * What a delivery status notification says, and the Message-IDs of the mail it is about; null for a mail that is none. Reads
 * RFC 3464, and the notices of servers that write a text only (qmail, Exim, old Exchange).
 */
export function deliveryReports(
  mail: InboundMail,
  envelope: MailEnvelope,
): { reports: DeliveryReport[]; originalIds: string[] } | null {
  const status = mail.reports.find(({ type }) => STATUS_PART.has(type));
  const original = headersOf(originalHeaders(mail));
  const ids = messageIdsIn(headerValue(original, 'message-id'));
  if (status) {
    const reports = standardReports(status.text);
    return { reports: reports.length > 0 ? reports : [plainReport(mail)], originalIds: ids };
  }
  if (!looksLikeBounce(mail, envelope)) return null;
  const copied = messageIdsIn(
    [...mail.text.matchAll(/^[>\s]*message-id:\s*(<[^<>\s]{3,400}>)/gim)]
      .slice(0, 20)
      .map(([, id]) => id ?? '')
      .join(' '),
  );
  return { reports: [plainReport(mail)], originalIds: [...new Set([...ids, ...copied])] };
}

/** The first block is about the mail, each further one about a recipient; some servers write a single block. */
function standardReports(text: string): DeliveryReport[] {
  const blocks = text
    .replace(/\r\n/g, '\n')
    .split(/\n[ \t]*\n/)
    .map(headersOf);
  return blocks
    .filter((block) => block.some(({ name }) => name === 'final-recipient' || name === 'action' || name === 'status'))
    .slice(0, MAX_RECIPIENTS)
    .map((block) => {
      const action = headerValue(block, 'action')
        .toLowerCase()
        .replace(/[^a-z].*$/s, '');
      const diagnostic = oneLineOf(headerValue(block, 'diagnostic-code').replace(/^\s*[\w-]+\s*;\s*/, ''));
      return {
        finalRecipient: addressOf(headerValue(block, 'final-recipient')),
        originalRecipient: addressOf(headerValue(block, 'original-recipient')),
        action: ACTIONS.find((known) => known === action) ?? 'failed',
        status: statusIn(headerValue(block, 'status')) ?? statusIn(diagnostic),
        diagnostic,
      };
    });
}

const BOUNCE_SUBJECT =
  /undeliver|un-?deliverable|deliver(?:y|able)?.{0,30}(?:fail|status|problem|error|delay|incomplete|notification|report)|fail(?:ure|ed).{0,20}(?:notice|deliver)|returned mail|return(?:ed)? to sender|mail (?:delivery|system) (?:failed|error|subsystem)|could not be delivered|not delivered|warning: (?:message|could not)|unzustellbar|(?:nicht|un)\s?zugestellt|zustell(?:ung|fehler)|non remis|[eé]chec de (?:la )?(?:remise|distribution|livraison)|no (?:se pudo )?entrega|mensaje devuelto|mancat[ao] (?:consegna|recapito)|non recapitabile|n[aã]o (?:entregue|foi poss[ií]vel)|onbestelbaar|niet (?:bezorgd|afgeleverd)|niedostarcz|nie (?:dostarczono|można dostarczyć)|kan inte levereras|olevererbar|недоставлен|не доставлен|доставк|配信(?:不能|エラー)|未送达|退信|전송 ?실패/iu;
const BOUNCE_TEXT =
  /this is the (?:mail system|qmail-send program)|message that you sent could not be delivered|did not reach (?:some or all of )?(?:the|its) (?:intended )?recipient|delivery (?:to the following|has failed)|could not be delivered to/i;
const DAEMON = /^(?:mailer-daemon|mail-daemon|postmaster|double-bounce|bounce)@/i;

/** Of a server that writes no report part: from a program, and it says so. */
function looksLikeBounce(mail: InboundMail, envelope: MailEnvelope): boolean {
  const value = (name: string): string => headerValue(mail.headers, name);
  if (/report-type="?delivery-status/i.test(value('content-type')) || value('x-failed-recipients') !== '') return true;
  const machine = envelope.from === null || value('return-path').trim() === '<>' || DAEMON.test(mail.from ?? '');
  return machine && (BOUNCE_SUBJECT.test(mail.subject) || BOUNCE_TEXT.test(mail.text.slice(0, 3_000)));
}

const DELAY_TEXT =
  /will (?:keep|continue) (?:trying|to try|attempting)|no action is required|has been delayed|delivery delayed|still being retried|wird weiter(?:hin)? versucht|verzögert/i;

/** From the words alone, above the copy of the mail. */
function plainReport(mail: InboundMail): DeliveryReport {
  const words = mail.text
    .split(/-{2,}.{0,20}(?:below this line|this is a copy|original message|copy of the message)|^received: /im, 1)
    .join('')
    .slice(0, 5_000);
  const failed = addressOf(headerValue(mail.headers, 'x-failed-recipients').split(',')[0] ?? '');
  const named = failed ?? addressOf(/<([^<>\s]{3,254}@[^<>\s]{3,254})>/.exec(words)?.[1] ?? '');
  const line = words.split('\n').find((each) => statusIn(each) !== null || /(?:^|\D)[45]\d\d[ -]/.test(each)) ?? '';
  const status = statusIn(line) ?? basicStatus(line);
  return {
    finalRecipient: named,
    originalRecipient: null,
    action: DELAY_TEXT.test(words) && !status?.startsWith('5') ? 'delayed' : 'failed',
    status,
    diagnostic: oneLineOf(line === '' ? words : line),
  };
}

function statusIn(text: string): string | null {
  return /(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)/.exec(text)?.[1] ?? null;
}

/** `550` without an enhanced code says only whether it is for good. */
function basicStatus(text: string): string | null {
  const code = /(?<!\d)([45])\d\d[ -]/.exec(text)?.[1];
  return code === undefined ? null : `${code}.0.0`;
}

function addressOf(field: string): string | null {
  const text = field.replace(/^\s*(?:rfc822|utf-8|smtp|unknown|x-[\w-]+)\s*;/i, '');
  return (
    /[^\s<>;,"]{1,254}@[^\s<>;,"]{1,254}/
      .exec(text)?.[0]
      .replace(/[).]+$/, '')
      .toLowerCase() ?? null
  );
}

function oneLineOf(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 500).toWellFormed();
}

const NO_SUCH_USER =
  /(?:user|recipient|mailbox|address|account|addressee|e-?mail).{0,40}(?:unknown|not (?:exist|found|valid|available here)|does ?n[o'’]t exist|n[o'’]t exist|disabled|inactive|invalid|no longer|unavailable|rejected|closed|deactivated|suspended)|(?:unknown|no such|invalid|non-?existent|bad|nonexistent).{0,20}(?:user|recipient|mailbox|address|account|local part|person)|no mailbox here|does not have an account|domain (?:name )?(?:not found|does not exist)|unrouteable address|host (?:or domain name )?not found|nxdomain|null mx|recipientnotfound|resolver\.adr/i;
const NOT_THE_ADDRESS =
  /spam|blocked|block ?list|black ?list|rbl\b|spamhaus|polic(?:y|ies)|reputation|dmarc|\bspf\b|dkim|unauthenticated|relay(?:ing)? (?:denied|not permitted)|access denied|quota|mailbox (?:is )?full|over ?quota|insufficient (?:system )?storage|too (?:large|big)|message size|content rejected|virus|rate ?limit|too many|throttl|try again|greylist|timed? ?out|connection (?:refused|reset|lost)/i;
/** The address or its whole domain is not there: RFC 3463, 5.1.x without the two about the sender; and what Exchange Online says. */
const HARD = /^5\.(?:1\.(?:[0-6]|9|10)|2\.1|4\.4|4\.310|4\.312)$/;
/** About the sender, the size, the text, the way, the rules: the address is as good as it was. */
const NOT_ITS_FAULT = /^5\.(?:1\.[78]|2\.[2-4]|3\.\d+|4\.(?!4$|1$|31[02]$)\d+|6\.\d+|7\.\d+)$/;

/**
 * Whether the address is gone (`hard`) or only this mail did not get there (`soft`), with the code that says so. A refusal by
 * policy or a full mailbox says nothing against an address, however final its code looks.
 */
export function bounceVerdict(report: DeliveryReport): { verdict: BounceVerdict; because: string } {
  const { action, status, diagnostic } = report;
  const because = status ?? 'no_status';
  if (action === 'delivered' || action === 'relayed' || action === 'expanded') return { verdict: 'delivered', because };
  if (action === 'delayed') return { verdict: 'delayed', because };
  if (status === null) {
    const gone = NO_SUCH_USER.test(diagnostic) && !NOT_THE_ADDRESS.test(diagnostic);
    return { verdict: gone ? 'hard' : 'soft', because };
  }
  if (!status.startsWith('5')) return { verdict: 'soft', because };
  if (HARD.test(status)) return { verdict: 'hard', because };
  if (NOT_ITS_FAULT.test(status)) return { verdict: 'soft', because };
  if (NO_SUCH_USER.test(diagnostic) && !/spam|block ?list|black ?list|spamhaus|dmarc|full|quota/i.test(diagnostic))
    return { verdict: 'hard', because };
  return { verdict: NOT_THE_ADDRESS.test(diagnostic) ? 'soft' : 'hard', because };
}

const UNWANTED =
  /spam|unsolicited|\bube\b|\bjunk\b|bulk mail|content (?:was )?(?:rejected|blocked|refused|not (?:accepted|allowed))|(?:message|mail) (?:content )?(?:was )?(?:rejected|refused|blocked) (?:because of|due to) (?:its )?(?:content|words|language)|phish|scam|objectionable|offensive/i;
/** About who sends and from where: the words may be as good as any. */
const ABOUT_THE_SENDER =
  /block ?list|black ?list|dnsbl|rbl\b|spamhaus|spamcop|barracuda|reputation|dmarc|\bspf\b|dkim|unauthenticated|authentication|\bptr\b|reverse dns|relay|your (?:ip|host|server|network)|\bip\b|sender (?:address|domain)|rate ?limit|too many/i;

/**
 * Whether a server refused the mail for good because of what it says (RFC 3463: 5.6, 5.7), not because of the address, of who
 * sends, or of the way it came. Careful: what is not plainly about the words says nothing about a draft.
 */
export function refusesContent({ action, status, diagnostic }: DeliveryReport): boolean {
  if (action !== 'failed' || status === null || !/^5\.(?:0|6|7)\./.test(status)) return false;
  return UNWANTED.test(diagnostic) && !ABOUT_THE_SENDER.test(diagnostic);
}
