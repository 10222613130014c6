/**
 * `<race-chart table="ID">`: the chart that stands beside its table, row by row, where there is room, and else
 * under it with labels of its own. It draws itself again when either of them changes its size; colours come
 * from style rules, so that a change of theme needs no drawing.
 */
import type { RaceChart } from '../model/raceChart';
import { AXIS_HEIGHT, drawChart } from './drawChart';
import type { ChartLayout } from './drawChart';

const ROW_HEIGHT = 30;
const LABEL_SHARE = 0.34;

export class RaceChartElement extends HTMLElement {
  private model: RaceChart | null = null;
  private drawn = '';
  private readonly sizes = new ResizeObserver(() => this.draw());

  set chart(chart: RaceChart) {
    this.model = chart;
    // The table is drawn in the same pass and has its place only after it.
    queueMicrotask(() => this.draw());
  }

  connectedCallback(): void {
    this.sizes.observe(this);
    const table = this.table();
    if (table) this.sizes.observe(table);
  }

  disconnectedCallback(): void {
    this.sizes.disconnect();
  }

  private table(): HTMLElement | null {
    const id = this.getAttribute('table');
    return id === null ? null : document.getElementById(id);
  }

  private draw(): void {
    const { model } = this;
    if (!model || !this.isConnected || this.clientWidth === 0) return;
    const layout = this.besideTable() ?? this.underTable(model.labels);
    const drawing = JSON.stringify([model, layout]);
    if (drawing === this.drawn) return;
    this.drawn = drawing;
    const svg = drawChart(model, layout);
    const caption = this.parentElement?.querySelector('figcaption');
    svg.setAttribute('aria-label', caption?.textContent?.trim() ?? 'Chart');
    svg.setAttribute('aria-details', this.getAttribute('table') ?? '');
    this.replaceChildren(svg);
  }

  /** The table's own rows, where the table stands to the left; else null. */
  private besideTable(): ChartLayout | null {
    const table = this.table();
    const scroller = table?.parentElement;
    if (!table || !scroller) return null;
    const here = this.getBoundingClientRect();
    if (scroller.getBoundingClientRect().right > here.left) return null;
    const centres = [...table.querySelectorAll('tbody tr')].map((row) => {
      const { top, height } = row.getBoundingClientRect();
      return Math.round(top + height / 2 - here.top);
    });
    const height = Math.round(table.getBoundingClientRect().bottom - here.top) + AXIS_HEIGHT;
    const top = Math.round((table.querySelector('tbody')?.getBoundingClientRect().top ?? here.top) - here.top);
    return { width: this.clientWidth, height, top, centres, labelWidth: 0 };
  }

  private underTable(labels: readonly string[]): ChartLayout {
    const width = this.clientWidth;
    const labelWidth = Math.min(this.widestLabel(labels), Math.round(width * LABEL_SHARE));
    return {
      width,
      height: labels.length * ROW_HEIGHT + AXIS_HEIGHT,
      top: 0,
      centres: labels.map((_, index) => (index + 0.5) * ROW_HEIGHT),
      labelWidth,
    };
  }

  /** Pixels that the longest label takes in the page's font. */
  private widestLabel(labels: readonly string[]): number {
    const context = document.createElement('canvas').getContext('2d');
    if (!context) return Infinity;
    const { fontSize, fontFamily } = getComputedStyle(this);
    context.font = `${fontSize} ${fontFamily}`;
    return Math.ceil(Math.max(...labels.map((label) => context.measureText(label).width)));
  }
}
