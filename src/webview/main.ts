/** Entry of the results panel: puts the page's parts together and lets messages in. */
import { RaceChartElement } from './chart/raceChartElement';
import { isFromHost } from './messages';
import type { HostApi } from './messages';
import { Announcer } from './model/announcement';
import { ResultsPanel } from './resultsPanel';

declare function acquireVsCodeApi(): HostApi;

customElements.define('race-chart', RaceChartElement);

const main = document.createElement('main');
main.dataset.testid = 'panel';
const liveRegion = document.createElement('p');
liveRegion.className = 'sr-only';
liveRegion.setAttribute('aria-live', 'polite');
document.body.prepend(main, liveRegion);

const host = acquireVsCodeApi();
const announcer = new Announcer(liveRegion, {
  now: () => performance.now(),
  after: (milliseconds, then) => void setTimeout(then, milliseconds),
});
const panel = new ResultsPanel(host, main, announcer);

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  if (isFromHost(event, window.origin)) panel.receive(event.data);
});
setInterval(() => panel.tick(), 1000);
host.postMessage({ type: 'ready' });
