import { isRecord, records } from './json.ts';
import { LIMITS } from './limits.ts';
import {
  all,
  anyText,
  boolean,
  byType,
  type Check,
  type Checking,
  complain,
  type Fields,
  type Problem,
  shape,
  text,
} from './schema.ts';
import { checkBlocks } from './validate-blocks.ts';
import { plainText } from './validate-composition.ts';

/** Views: https://docs.slack.dev/reference/views */

const BASE: Fields = {
  private_metadata: text('privateMetadata'),
  callback_id: text('callbackId'),
  external_id: text('externalId'),
};

const submitForInputs: Check = (view, at, checking) => {
  if (!isRecord(view)) return;
  const hasInput = records(view.blocks).some((block) => block.type === 'input');
  if (hasInput && !Object.hasOwn(view, 'submit')) complain(checking, at, 'missing required field: submit');
};

const modal: Check = all(
  shape(
    { type: anyText, title: plainText('viewTitle'), blocks: checkBlocks },
    {
      ...BASE,
      submit: plainText('viewSubmit'),
      close: plainText('viewClose'),
      clear_on_close: boolean,
      notify_on_close: boolean,
    },
  ),
  submitForInputs,
);

const home: Check = shape({ type: anyText, blocks: checkBlocks }, BASE);

export type ViewProblem = { error: 'invalid_arguments' | 'view_too_large'; problems: Problem[] };

/** What Slack would say about this view; null when it can be shown on `surface`. */
export function validateView(
  view: unknown,
  surface: 'modal' | 'home',
  scopes: ReadonlySet<string> = new Set(),
  more: { hasPicture?: (reference: string) => boolean; at?: string } = {},
): ViewProblem | null {
  if (isRecord(view) && Buffer.byteLength(JSON.stringify(view)) > LIMITS.viewBytes.max)
    return { error: 'view_too_large', problems: [] };
  const { hasPicture, at = '/view' } = more;
  const checking: Checking = { surface, scopes, problems: [], ...(hasPicture === undefined ? {} : { hasPicture }) };
  byType(surface === 'modal' ? { modal } : { home })(view, at, checking);
  return checking.problems.length === 0 ? null : { error: 'invalid_arguments', problems: checking.problems };
}
