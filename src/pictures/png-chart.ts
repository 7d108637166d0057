import { type Canvas, createCanvas } from '@napi-rs/canvas';
import { Chart, type ChartConfiguration, type ChartItem, registerables } from 'chart.js';
import { FAMILY, useInter } from './inter.ts';

let prepared = false;

function prepare(): void {
  if (prepared) return;
  useInter();
  Chart.register(...registerables);
  Chart.defaults.font.family = `'${FAMILY}'`;
  Chart.defaults.color = '#44474d';
  prepared = true;
}

export type ChartPanel = {
  title: string;
  /** What to conclude, in a sentence under the title. */
  subtitle: string;
  /** Height in CSS pixels. */
  height: number;
  config: Pick<ChartConfiguration, 'type' | 'data'> & { options?: ChartConfiguration['options'] };
};

const WIDTH = 960;
const MARGIN = 28;
const HEAD = 62;
/** Sharp on screens of today. */
const SCALE = 2;

/** Panels one above the other on white, as a PNG. Same panels, same bytes on one machine. */
export function drawPanels(title: string, panels: readonly ChartPanel[]): Buffer {
  prepare();
  const top = 64;
  const height = top + panels.reduce((sum, panel) => sum + HEAD + panel.height + MARGIN, 0);
  const canvas = createCanvas(WIDTH * SCALE, height * SCALE);
  const pen = canvas.getContext('2d');
  pen.scale(SCALE, SCALE);
  pen.fillStyle = '#ffffff';
  pen.fillRect(0, 0, WIDTH, height);
  pen.fillStyle = '#16181d';
  pen.font = `600 22px '${FAMILY}'`;
  pen.fillText(title, MARGIN, 42);
  let y = top;
  for (const panel of panels) {
    pen.fillStyle = '#16181d';
    pen.font = `600 16px '${FAMILY}'`;
    pen.fillText(panel.title, MARGIN, y + 20);
    pen.fillStyle = '#5c616a';
    pen.font = `400 13px '${FAMILY}'`;
    pen.fillText(panel.subtitle, MARGIN, y + 42);
    y += HEAD;
    drawChart(panel, (chart) => pen.drawImage(chart, MARGIN, y, WIDTH - 2 * MARGIN, panel.height));
    y += panel.height + MARGIN;
  }
  return canvas.toBuffer('image/png');
}

/** Destroying a chart wipes its canvas: `take` gets it before. */
function drawChart(panel: ChartPanel, take: (canvas: Canvas) => void): void {
  const canvas = createCanvas(WIDTH - 2 * MARGIN, panel.height);
  // chart.js is typed for a browser's canvas and draws on anything with the same context; it enlarges it by the pixel ratio.
  const chart = new Chart(canvas as ChartItem, {
    ...panel.config,
    options: {
      ...panel.config.options,
      animation: false,
      responsive: false,
      devicePixelRatio: SCALE,
    },
  });
  chart.draw();
  take(canvas);
  chart.destroy();
}
