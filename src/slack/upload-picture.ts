import type { WebClient } from '@slack/web-api';
import { failureOf, slackCode } from './slack-errors.ts';

export type Picture = { bytes: Buffer; fileName: string; title: string; altText: string };
/** `detail` is for people: what stands in the way. */
export type Uploaded = { ok: true; fileId: string } | { ok: false; detail: string };

const UPLOAD_TIMEOUT_MS = 10_000;

/**
 * Uploads a picture and shares it nowhere: a message that shows it in an image block does that. Three steps
 * (https://docs.slack.dev/messaging/working-with-files#uploading_files); an upload that is not completed vanishes by itself.
 */
export async function uploadPicture(
  client: Pick<WebClient, 'files'>,
  { bytes, fileName, title, altText }: Picture,
): Promise<Uploaded> {
  try {
    const place = await client.files.getUploadURLExternal({
      filename: fileName,
      length: bytes.length,
      alt_text: altText.slice(0, 1_000),
    });
    if (!place.upload_url || !place.file_id) return { ok: false, detail: 'Slack named no place for the picture' };
    const sent = await fetch(place.upload_url, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: new Uint8Array(bytes),
      signal: AbortSignal.timeout(UPLOAD_TIMEOUT_MS),
    });
    await sent.arrayBuffer();
    if (!sent.ok) return { ok: false, detail: `Slack answered HTTP ${sent.status} to the picture` };
    await client.files.completeUploadExternal({ files: [{ id: place.file_id, title }] });
    return { ok: true, fileId: place.file_id };
  } catch (error) {
    if (slackCode(error) === 'missing_scope')
      return { ok: false, detail: 'the app was installed without the scope files:write, which pictures need' };
    return { ok: false, detail: failureOf(error).detail };
  }
}
