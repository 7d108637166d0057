import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import type { Json } from './content.ts';
import { record, records, text, texts } from './fields.ts';

const WIDTH = 560;
const HEIGHT = 220;
const LEFT = 46;
const BOTTOM = 34;
const TOP = 10;

type Series = { name: string; values: number[] };

/** `data_visualization`: pie, bar, area and line, drawn small and plain, with the numbers in a table for whoever cannot see it. */
export function chart(block: Json): ComponentChildren {
  const spec = record(block['chart']);
  const title = text(block['title']) || text(record(block['title'])['text']);
  const kind = text(spec['type']);
  const segments = records(spec['segments']);
  const axis = record(spec['axis_config']);
  const categories = kind === 'pie' ? segments.map((segment) => text(segment['label'])) : texts(axis['categories']);
  const series =
    kind === 'pie'
      ? [{ name: title, values: segments.map((segment) => Number(segment['value'])) }]
      : records(spec['series']).map((one) => seriesOf(one, categories));
  if (!['pie', 'bar', 'area', 'line'].includes(kind))
    return html`<pre class="unknown">${JSON.stringify(block, null, 2)}</pre>`;
  const names = kind === 'pie' ? categories : series.map(({ name }) => name);
  return html`<figure class="chart">
    ${title && html`<figcaption>${title}</figcaption>`}
    <svg viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label=${title || 'Chart'}>
      ${kind === 'pie' ? pie(series[0]?.values ?? []) : plot(kind, categories, series)}
    </svg>
    ${names.length > 1 && html`<ul class="legend">${names.map((name, index) => html`<li><i class=${`key series-${index % 6}`}></i>${name}</li>`)}</ul>`}
    <details class="numbers"><summary>Numbers</summary><table>
      <thead><tr><th></th>${series.map(({ name }) => html`<th scope="col">${name}</th>`)}</tr></thead>
      <tbody>${categories.map((category, row) => html`<tr><th scope="row">${category}</th>${series.map(({ values }) => html`<td>${values[row] ?? ''}</td>`)}</tr>`)}</tbody>
    </table></details>
  </figure>`;
}

function seriesOf(one: Json, categories: string[]): Series {
  const points = records(one['data']);
  return {
    name: text(one['name']),
    values: categories.map((category) =>
      Number(points.find((point) => text(point['label']) === category)?.['value'] ?? 0),
    ),
  };
}

function pie(values: number[]): ComponentChildren {
  const total = values.reduce((sum, value) => sum + value, 0) || 1;
  let from = -Math.PI / 2;
  const [x, y, r] = [WIDTH / 2, HEIGHT / 2, HEIGHT / 2 - 12];
  return values.map((value, index) => {
    const to = from + (value / total) * Math.PI * 2 * 0.99999;
    const at = (angle: number): string =>
      `${(x + r * Math.cos(angle)).toFixed(2)} ${(y + r * Math.sin(angle)).toFixed(2)}`;
    const path = `M${x} ${y} L${at(from)} A${r} ${r} 0 ${to - from > Math.PI ? 1 : 0} 1 ${at(to)} Z`;
    from = to;
    return html`<path class=${`fill series-${index % 6}`} d=${path} />`;
  });
}

function plot(kind: string, categories: string[], series: Series[]): ComponentChildren {
  const all = series.flatMap(({ values }) => values);
  const high = Math.max(0, ...all) || 1;
  const low = Math.min(0, ...all);
  const y = (value: number): number => TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value - low) / (high - low));
  const step = (WIDTH - LEFT - 8) / Math.max(1, categories.length);
  const x = (index: number): number => LEFT + step * (index + 0.5);
  const every = Math.ceil(categories.length / 8);
  return html`<g>
    ${[low, (low + high) / 2, high].map((value) => html`<g class="grid"><line x1=${LEFT} x2=${WIDTH - 8} y1=${y(value)} y2=${y(value)} /><text x=${LEFT - 6} y=${y(value) + 4} text-anchor="end">${short(value)}</text></g>`)}
    ${series.map((one, index) => (kind === 'bar' ? bars(one, index, series.length, step, x, y) : curve(kind, one, index, x, y)))}
    ${categories.map((category, index) => index % every === 0 && html`<text class="label" x=${x(index)} y=${HEIGHT - 12} text-anchor="middle">${category}</text>`)}
  </g>`;
}

type Scale = (value: number) => number;

function bars(one: Series, index: number, count: number, step: number, x: Scale, y: Scale): ComponentChildren {
  const width = Math.max(2, (step * 0.7) / count);
  return one.values.map(
    (value, at) =>
      html`<rect class=${`fill series-${index % 6}`} x=${x(at) - step * 0.35 + width * index} y=${Math.min(y(value), y(0))} width=${width - 1} height=${Math.abs(y(0) - y(value))} rx="1.5" />`,
  );
}

function curve(kind: string, one: Series, index: number, x: Scale, y: Scale): ComponentChildren {
  const points = one.values.map((value, at) => `${x(at).toFixed(1)} ${y(value).toFixed(1)}`);
  const line = `M${points.join(' L')}`;
  const area = `${line} L${x(one.values.length - 1).toFixed(1)} ${y(0)} L${x(0).toFixed(1)} ${y(0)} Z`;
  return html`<g>
    ${kind === 'area' && html`<path class=${`fill soft series-${index % 6}`} d=${area} />`}
    <path class=${`stroke series-${index % 6}`} d=${line} fill="none" />
  </g>`;
}

function short(value: number): string {
  return new Intl.NumberFormat('en-GB', { notation: 'compact', maximumFractionDigits: 2 }).format(value);
}
