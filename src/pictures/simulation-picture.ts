import type { ChartConfiguration } from 'chart.js';
import { automaticShare, cellsOf, type SimulationReport } from '../core/simulated-week.ts';
import { type ChartPanel, drawPanels } from './png-chart.ts';

/** Told apart also by people who see few colours, and by their dashes in print. */
const COLOURS = ['#0b5fa5', '#c2500a', '#1d7a4d', '#7b3fa0', '#8a6d00', '#a3195b'] as const;
const DASHES = [[], [6, 4], [2, 3], [10, 4, 2, 4], [4, 2], [1, 2]];

/** Threshold, share that went without asking, leaks, mails and conversions a week, as one PNG. */
export function drawSimulation(report: SimulationReport): Buffer {
  const { weeks } = report;
  const cells = cellsOf(weeks);
  const labels = weeks.map(({ week }) => String(week));
  const sum = (key: 'decisions' | 'automatic' | 'leaked' | 'mails' | 'conversions') =>
    weeks.reduce((total, week) => total + week[key], 0);
  const drift = report.driftAtWeek === null ? '' : ` The model turns bad in week ${report.driftAtWeek}.`;
  const panels: ChartPanel[] = [
    {
      title: 'Threshold by step',
      subtitle: `The highest risk that is approved without asking, at the end of each week. 0: people decide everything.${drift}`,
      height: 190,
      config: {
        type: 'line',
        data: {
          labels,
          datasets: cells.map((cell, i) => ({
            label: shortName(cell, cells),
            data: weeks.map(({ thresholds }) => thresholds[cell] ?? 0),
            borderColor: COLOURS[i % COLOURS.length] ?? '#16181d',
            backgroundColor: COLOURS[i % COLOURS.length] ?? '#16181d',
            borderDash: DASHES[i % DASHES.length] ?? [],
            borderWidth: 2.5,
            pointRadius: 2,
            stepped: 'before' as const,
          })),
        },
        options: axes('risk', { max: null, legend: true }),
      },
    },
    {
      title: 'Approved without asking',
      subtitle: `${sum('automatic')} of ${sum('decisions')} decisions; the others went to people.`,
      height: 150,
      config: {
        type: 'bar',
        data: {
          labels,
          datasets: [
            { data: weeks.map((week) => Math.round(automaticShare(week) * 1000) / 10), backgroundColor: COLOURS[0] },
          ],
        },
        options: axes('% of decisions', { max: 100, legend: false }),
      },
    },
    {
      title: 'Leaked',
      subtitle: `${sum('leaked')} automatic decisions that a careful reviewer would have stopped.`,
      height: 110,
      config: {
        type: 'bar',
        data: { labels, datasets: [{ data: weeks.map(({ leaked }) => leaked), backgroundColor: COLOURS[1] }] },
        options: axes('decisions', { max: null, legend: false }),
      },
    },
    {
      title: 'Mails',
      subtitle: `${sum('mails')} sent.`,
      height: 110,
      config: {
        type: 'bar',
        data: { labels, datasets: [{ data: weeks.map(({ mails }) => mails), backgroundColor: COLOURS[3] }] },
        options: axes('mails', { max: null, legend: false }),
      },
    },
    {
      title: 'Conversions',
      subtitle: `${sum('conversions')} leads reached the goal.`,
      height: 120,
      config: {
        type: 'bar',
        data: {
          labels,
          datasets: [{ data: weeks.map(({ conversions }) => conversions), backgroundColor: COLOURS[2] }],
        },
        options: axes('leads', { max: null, legend: false, week: true }),
      },
    },
  ];
  return drawPanels(`${weeks.length} simulated weeks, ${report.perWeek} new leads each (seed ${report.seed})`, panels);
}

/** The same width left of every plot, so that a week stands above the same week. */
const AXIS_WIDTH = 62;

function axes(
  unit: string,
  { max, legend, week = false }: { max: number | null; legend: boolean; week?: boolean },
): ChartConfiguration['options'] {
  return {
    plugins: { legend: { display: legend, position: 'top', align: 'start', labels: { boxWidth: 26, boxHeight: 2 } } },
    scales: {
      x: { offset: true, grid: { display: false }, title: { display: week, text: 'week' } },
      y: {
        beginAtZero: true,
        ...(max === null ? { suggestedMax: unit === 'risk' ? 0.5 : 4 } : { max }),
        ticks: { maxTicksLimit: 6, ...(unit === 'risk' ? {} : { precision: 0 }) },
        title: { display: true, text: unit },
        afterFit: (scale) => {
          scale.width = AXIS_WIDTH;
        },
      },
    },
  };
}

/** `first-mail (email_draft)`; with the workflow where there are several. */
function shortName(cell: string, cells: readonly string[]): string {
  const [kind = '', place = ''] = cell.split(' ');
  const [workflow = '', step = ''] = place.split('/');
  const several = new Set(cells.map((name) => name.split(' ')[1]?.split('/')[0])).size > 1;
  return `${several ? `${workflow}/` : ''}${step} (${kind})`;
}
