import { createCanvas, SvgExportFlag } from '@napi-rs/canvas';
import { useInter } from './inter.ts';
import { type MapSubject, pageOf } from './map-page.ts';
import { paintPage } from './map-page-ink.ts';
import { mapWords } from './map-words.ts';

export type WorkflowMap = {
  /** Twice as sharp as its size in CSS pixels. */
  png: Buffer;
  /** Text as outlines: looks the same where no font is installed. */
  svg: string;
  /** What the picture shows, for whoever can't see it. At most 2,000 characters: what Slack takes. */
  altText: string;
};

const SCALE = 2;
/** The longest side that browsers and Slack still show; beyond it a PNG is drawn less sharp. */
const MOST_PIXELS = 16_000;

/** The workflow as a picture, with what is going on in it. The same subject gives the same picture. */
export async function drawWorkflowMap(subject: MapSubject): Promise<WorkflowMap> {
  useInter();
  const page = await pageOf(subject);
  const [width, height] = [Math.ceil(page.width), Math.ceil(page.height)];
  const scale = Math.min(SCALE, MOST_PIXELS / Math.max(width, height));
  const canvas = createCanvas(Math.round(width * scale), Math.round(height * scale));
  const pen = canvas.getContext('2d');
  pen.scale(scale, scale);
  paintPage(pen, page, subject.counts !== null);
  const outlines = createCanvas(width, height, SvgExportFlag.ConvertTextToPaths);
  paintPage(outlines.getContext('2d'), page, subject.counts !== null);
  const altText = mapWords(subject);
  const svg = described(rounded(outlines.getContent().toString()), width, height, subject, altText);
  return { png: await canvas.encode('png'), svg, altText };
}

/** Outlines come with eight digits: two are a hundredth of a pixel, and half the file. */
function rounded(svg: string): string {
  return svg.replace(/(\d\.\d{2})\d+/g, '$1');
}

/** Scales with its place, and says to screen readers what it shows. */
function described(svg: string, width: number, height: number, { workflow }: MapSubject, altText: string): string {
  const open = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(`Map of the workflow ${workflow.name}`)}">\n\t<desc>${escaped(altText)}</desc>`;
  return svg.replace(/<svg[^>]*>/, () => open);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
