import { isRecord, records } from './json.ts';
import { all, anyText, byType, type Check, complain, list, number, rule, shape, text } from './schema.ts';

/** The `chart` of a data_visualization block: https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block */

const point = shape({ label: text('chartLabel'), value: number });

const segment: Check = all(
  point,
  rule(({ value }) => (typeof value === 'number' && value <= 0 ? 'must be greater than 0' : null), '/value'),
);

/** Every series has one point for each category, and no two series share a name. */
const seriesFitAxis: Check = (chart, at, checking) => {
  if (!isRecord(chart) || !isRecord(chart.axis_config)) return;
  const categories = Array.isArray(chart.axis_config.categories) ? chart.axis_config.categories : [];
  if (new Set(categories).size !== categories.length)
    complain(checking, `${at}/axis_config/categories`, 'must contain unique items');
  const names = new Set<unknown>();
  for (const [index, series] of records(chart.series).entries()) {
    const labels = records(series.data).map((entry) => entry.label);
    const fits = labels.length === categories.length && categories.every((category) => labels.includes(category));
    if (!fits) complain(checking, `${at}/series/${index}/data`, 'must have exactly one data point for each category');
    if (names.has(series.name)) complain(checking, `${at}/series/${index}/name`, 'must be unique');
    names.add(series.name);
  }
};

const series: Check = all(
  shape({
    type: anyText,
    series: list(shape({ name: text('chartLabel'), data: list(point, 'chartCategories') }), 'chartSeries'),
    axis_config: shape(
      { categories: list(text('chartLabel'), 'chartCategories') },
      { x_label: text('chartAxisLabel'), y_label: text('chartAxisLabel') },
    ),
  }),
  seriesFitAxis,
);

export const chart: Check = byType({
  pie: shape({ type: anyText, segments: list(segment, 'chartSegments') }),
  bar: series,
  area: series,
  line: series,
});
