// Everything of Vega's: a chunk of its own, loaded when the first figure comes into view.
import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import embed from 'vega-embed';
import { escapeHtml, scriptSpans, svgScripts } from '../../src/figure/scripts.js';
import type { Specification } from './specification.js';
import { showTooltip } from './tooltip.js';

/** A drawing on the page. */
export interface EmbeddedFigure {
  /** Sets a signal and draws what follows from it. */
  signal(name: string, value: unknown): Promise<void>;
  finish(): void;
}

/** Draws a figure into an element with vega-embed; warnings of Vega's go to the console as errors. */
export async function draw(element: HTMLElement, spec: Specification): Promise<EmbeddedFigure> {
  const { view, finalize } = await embed(element, spec as unknown as TopLevelSpec, {
    mode: 'vega-lite',
    actions: false,
    renderer: 'svg',
    logLevel: vega.Warn,
    tooltip: showTooltip as never,
    // Numbers of an axis that would touch are left out.
    config: { mark: { tooltip: { content: 'data' } }, axis: { labelSeparation: 6 } },
  });
  const stop = keepScripts(element);
  return {
    async signal(name, value) {
      await view.signal(name, value).runAsync();
    },
    finish() {
      stop();
      finalize();
    },
  };
}

/** The figure as an SVG file: laid out as it was published, its legends included. */
export async function svgFile(spec: Specification): Promise<string> {
  const view = new vega.View(vega.parse(compile(spec as unknown as TopLevelSpec).spec), { renderer: 'none' });
  try {
    return svgScripts(await view.toSVG());
  } finally {
    view.finalize();
  }
}

/** Sets "f_SFT" and "10^−2" with subscripts and superscripts, now and whenever Vega writes text anew. */
function keepScripts(element: HTMLElement): () => void {
  const set = (): void => {
    for (const line of element.querySelectorAll('svg text, svg tspan')) setScripts(line);
  };
  set();
  const observer = new MutationObserver(set);
  observer.observe(element, { childList: true, characterData: true, subtree: true });
  return () => {
    observer.disconnect();
  };
}

function setScripts(line: Element): void {
  const text = line.textContent;
  if (line.childElementCount > 0 || !/[_^]/.test(text)) return;
  line.innerHTML = scriptSpans(escapeHtml(text), parseFloat(getComputedStyle(line).fontSize));
}
