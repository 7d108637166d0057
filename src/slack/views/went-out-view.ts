import type { ModalView } from '@slack/types';
import type { MessageStatus } from '../../core/message.ts';
import { oneLine } from '../../core/plain-text.ts';
import type { WentOut } from '../../engine/went-out.ts';
import { manyWords } from '../messages/autonomy-notice.ts';
import { bold, bullets, type Inline, richText, section, words } from '../rich-text.ts';
import { count, label, utc } from '../text.ts';
import { modal } from './modal.ts';

const NAME = 80;

const fate: Record<MessageStatus, string> = {
  approved: 'waits to be sent, and can be stopped',
  sending: 'is being sent',
  sent: 'was sent',
  uncertain: 'nobody knows whether it was sent',
  failed: 'could not be sent',
  cancelled: 'was not sent',
};

/** What was approved without asking before a threshold fell: most of it is good, and somebody wants to look. */
export function wentOutView({ address, kind, total, items }: WentOut): ModalView {
  const more = total - items.length;
  return modal({
    title: 'What went out',
    blocks: [
      ...richText(
        section(
          words(`${manyWords(kind, total)} at `),
          bold(address),
          words(
            total === 0
              ? ': nothing went without asking in that time.'
              : ` went without asking before the threshold fell. Most will be good; these are the ones that nobody looked at${more > 0 ? `, the newest ${count(items.length)}` : ''}.`,
          ),
        ),
      ),
      ...richText(bullets(items.map(line))),
    ],
  });
}

function line({ leadName, at, risk, mail, undone, link }: WentOut['items'][number]): Inline[] {
  const name = label(oneLine(leadName), NAME) || 'somebody';
  const shown: Inline[] = link === null ? words(name) : [{ type: 'link', url: link, text: name }];
  const told = [
    utc(at),
    ...(risk === null ? [] : [`risk ${Math.round(risk * 100)} in 100`]),
    ...(undone ? ['undone'] : mail === null ? [] : [fate[mail]]),
  ];
  return [...shown, ...words(` – ${told.join(', ')}`)];
}
