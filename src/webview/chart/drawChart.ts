/** One mode's chart as SVG: a dot with a whisker a variant, on a time axis. Its colours are in media/panel.css. */
import { dot, gridX, axisX, plot, ruleX, ruleY, text } from '@observablehq/plot';
import type { Markish } from '@observablehq/plot';
import { formatSeconds } from '../../protocol';
import type { Framework } from '../../protocol';
import { chartTimeScale } from '../model/raceChart';
import type { ChartPoint, RaceChart } from '../model/raceChart';

/** Where the chart stands. Pixels, from the chart's own top. */
export interface ChartLayout {
  readonly width: number;
  readonly height: number;
  /** Where the rows begin. */
  readonly top: number;
  /** The middle of each row. */
  readonly centres: readonly number[];
  /** Room for the rows' labels; 0 where the table beside the chart has them. */
  readonly labelWidth: number;
}

export const AXIS_HEIGHT = 26;
const CAP = 4;
const SIDE = 18;
/** Room that a tick's label needs, such as `200 µs`. */
const TICK_WIDTH = 56;

/** Frameworks differ in shape as well as in colour. */
const SYMBOLS = { torch: 'circle', jax: 'diamond', numpy: 'square' } as const satisfies Record<Framework, string>;

export function drawChart(chart: RaceChart, layout: ChartLayout): SVGSVGElement {
  const { width, height, top, labelWidth } = layout;
  const marginLeft = labelWidth > 0 ? labelWidth + 10 : SIDE;
  const scale = chartTimeScale(chart, Math.max(2, Math.floor((width - marginLeft - SIDE) / TICK_WIDTH)));
  const svg = plot({
    width,
    height,
    marginLeft,
    marginRight: SIDE,
    marginTop: top,
    marginBottom: AXIS_HEIGHT,
    x: scale ? { type: scale.type, domain: [...scale.domain] } : { axis: null },
    y: { type: 'linear', axis: null, domain: [0, height], range: [0, height] },
    marks: [
      ...(scale
        ? [
            gridX([...scale.ticks], { className: 'grid' }),
            axisX([...scale.ticks], { text: tickLabel, tickSize: 4, label: null }),
          ]
        : []),
      ...(labelWidth > 0 ? [rowLabels(chart, layout)] : []),
      ...(scale && chart.baseline !== null ? [ruleX([chart.baseline], { className: 'baseline' })] : []),
      ...groups(chart.points).flatMap((group) => groupMarks(group, layout)),
    ],
  });
  // Plot's own rules are in media/panel.css: a style element would need 'unsafe-inline' of the page's policy.
  svg.querySelector('style')?.remove();
  svg.setAttribute('role', 'img');
  return svg as SVGSVGElement;
}

// As a text, not a format: d3 leaves out what it takes for crowded labels of a logarithmic axis.
function tickLabel(seconds: number): string {
  return seconds === 0 ? '0' : formatSeconds(seconds);
}

function rowLabels(chart: RaceChart, { centres, labelWidth }: ChartLayout): Markish {
  return text(chart.labels, {
    text: (label: string) => label,
    y: (_label: string, index: number) => centres[index],
    frameAnchor: 'left',
    textAnchor: 'end',
    dx: -10,
    lineWidth: labelWidth / 10,
    className: 'row-label',
  });
}

interface Group {
  readonly framework: Framework;
  readonly provisional: boolean;
  readonly points: readonly ChartPoint[];
}

function groups(points: readonly ChartPoint[]): readonly Group[] {
  return (Object.keys(SYMBOLS) as Framework[])
    .flatMap((framework) => [true, false].map((provisional) => ({ framework, provisional })))
    .map((group) => ({
      ...group,
      points: points.filter((each) => each.framework === group.framework && each.provisional === group.provisional),
    }))
    .filter((group) => group.points.length > 0);
}

function groupMarks({ framework, provisional, points }: Group, { centres }: ChartLayout): readonly Markish[] {
  const className = provisional ? `${framework}-provisional` : framework;
  const y = (point: ChartPoint) => centres[point.index];
  const cap = { y1: (point: ChartPoint) => (y(point) ?? 0) - CAP, y2: (point: ChartPoint) => (y(point) ?? 0) + CAP };
  return [
    ruleY(points, { x1: 'low', x2: 'high', y, className }),
    ruleX(points, { x: 'low', ...cap, className }),
    ruleX(points, { x: 'high', ...cap, className }),
    dot(points, { x: 'median', y, r: 4, symbol: SYMBOLS[framework], className }),
  ];
}
