import './chart.css';
import { htmlText } from '../../src/figure/scripts.js';
import { isDark, onSchemeChange } from '../frame/scheme.js';
import { clearTexts } from './clear-texts.js';
import { showData } from './data.js';
import { pngOf, save } from './export.js';
import { fitted } from './fit.js';
import { hiddenSignal, legendsOf, toggled, type LegendEntry, type Legend } from './legend.js';
import { lightName, lightNames } from './light-names.js';
import { inkOnPage, onPage } from './scheme.js';
import type { Specification } from './specification.js';
import { swatch } from './swatch.js';
import type { EmbeddedFigure } from './vega.js';

/** A figure to be shown: its specification with data, and the name that its exported files get. */
export interface ChartSource {
  readonly name: string;
  readonly title: string;
  readonly spec: Specification;
}

/**
 * Shows a figure in an element: drawn to its width and scheme, and anew when these change; with a legend whose entries
 * light up what they name, hide and show it, and buttons that save it as SVG or PNG and open its data.
 * @returns takes the figure away again
 */
export async function showChart(element: HTMLElement, { name, title, spec }: ChartSource): Promise<() => void> {
  const vega = await import('./vega.js');
  const legends = legendsOf(spec);
  const hidden = legends.map(() => new Set<string>());
  const plot = Object.assign(document.createElement('div'), { className: 'chart-plot' });
  plot.setAttribute('role', 'img');
  plot.setAttribute('aria-label', title);
  let drawing: EmbeddedFigure | undefined;
  const legend = legendElement(legends, (i, entry, shown) => {
    if (shown) hidden[i].delete(entry);
    else hidden[i].add(entry);
    void drawing?.signal(hiddenSignal(i), [...hidden[i]]).then(() => {
      clearTexts(plot);
    });
  });

  const draw = async (): Promise<void> => {
    drawing?.finish();
    legend.ink(isDark());
    const pixel = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
    const width = element.clientWidth / pixel;
    plot.toggleAttribute('data-dark', isDark());
    drawing = await vega.draw(plot, onPage(fitted(toggled(spec, legends), width), isDark()));
    for (const [i, names] of hidden.entries()) {
      if (names.size > 0) await drawing.signal(hiddenSignal(i), [...names]);
    }
    const svg = plot.querySelector('svg');
    svg?.style.setProperty('--width', svg.getAttribute('width'));
    svg?.setAttribute('aria-hidden', 'true');
    clearTexts(plot);
  };
  const inTurn = oneAtATime(draw);

  const visibleSpec = (): Specification => ({
    ...spec,
    data: {
      values: spec.data.values.filter((row) => !legends.some(({ field }, i) => hidden[i].has(String(row[field])))),
    },
  });
  element.replaceChildren(
    plot,
    legend.element,
    buttons({
      'Save as SVG': async () => {
        save(`${name}.svg`, new Blob([await vega.svgFile(visibleSpec())], { type: 'image/svg+xml' }));
      },
      'Save as PNG': async () => {
        save(`${name}.png`, await pngOf(await vega.svgFile(visibleSpec())));
      },
      'Open the data': () => {
        showData(title, name, spec.data.values);
      },
    }),
  );
  await inTurn();

  let width = element.clientWidth;
  const sizes = new ResizeObserver(() => {
    if (Math.abs(element.clientWidth - width) < 8) return;
    width = element.clientWidth;
    void inTurn();
  });
  sizes.observe(element);
  const stopLight = lightNames(plot, legends);
  const stop = onSchemeChange(() => void inTurn());
  return () => {
    sizes.disconnect();
    stop();
    stopLight();
    drawing?.finish();
    element.replaceChildren();
  };
}

/** Calls of a slow function one after the other; those that wait are answered by one. */
function oneAtATime(task: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let waiting: Promise<void> | undefined;
  const start = (): Promise<void> =>
    (running = task().finally(() => {
      running = undefined;
    }));
  return () => {
    if (running === undefined) return start();
    return (waiting ??= running.then(() => {
      waiting = undefined;
      return start();
    }));
  };
}

/** The buttons of a figure's legends; `ink` draws their swatches for a page that is dark or is not. */
function legendElement(
  legends: readonly Legend[],
  toggle: (legend: number, entry: string, shown: boolean) => void,
): { readonly element: HTMLElement; readonly ink: (dark: boolean) => void } {
  const element = Object.assign(document.createElement('div'), { className: 'chart-legend' });
  element.setAttribute('role', 'group');
  element.setAttribute('aria-label', 'Shown in the figure');
  const swatches: { readonly place: HTMLElement; readonly entry: LegendEntry }[] = [];
  legends.forEach(({ entries }, i) => {
    for (const entry of entries) {
      const button = Object.assign(document.createElement('button'), { type: 'button' });
      const place = Object.assign(document.createElement('span'), { className: 'chart-swatch' });
      swatches.push({ place, entry });
      button.append(place, Object.assign(document.createElement('span'), { innerHTML: htmlText(entry.name) }));
      button.setAttribute('aria-pressed', 'true');
      button.addEventListener('click', () => {
        const shown = button.getAttribute('aria-pressed') !== 'true';
        button.setAttribute('aria-pressed', String(shown));
        toggle(i, entry.name, shown);
      });
      for (const on of ['pointerenter', 'focus']) {
        button.addEventListener(on, () => {
          lightName(entry.name);
        });
      }
      for (const off of ['pointerleave', 'blur']) {
        button.addEventListener(off, () => {
          lightName(undefined);
        });
      }
      element.append(button);
    }
  });
  return {
    element,
    ink: (dark) => {
      for (const { place, entry } of swatches) {
        place.innerHTML = swatch({ ...entry, colour: entry.colour && inkOnPage(entry.colour, dark) });
      }
    },
  };
}

function buttons(actions: Readonly<Record<string, () => void | Promise<void>>>): HTMLElement {
  const row = Object.assign(document.createElement('div'), { className: 'chart-actions' });
  for (const [name, act] of Object.entries(actions)) {
    const button = Object.assign(document.createElement('button'), { type: 'button', textContent: name });
    button.addEventListener('click', () => void act());
    row.append(button);
  }
  return row;
}
