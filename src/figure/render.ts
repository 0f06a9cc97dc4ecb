import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { csvText } from './csv.js';
import type { Figure, Provenance, FigureRow } from './figure.js';
import { textWidth } from './font.js';
import { svgScripts } from './scripts.js';
import { config } from './theme.js';

// Vega guesses 0.8 of the size for every character where there is no canvas; its types leave its measurement out.
const { textMetrics } = vega as unknown as {
  textMetrics: { width: (item: { fontSize?: number; fontWeight?: string | number }, text: string) => number };
};
textMetrics.width = (item, text) =>
  textWidth(text, item.fontSize ?? 11, Number(item.fontWeight ?? 400) >= 550 ? 600 : 400);

/** A figure, and what made it; plain data, so that a thread can take it. */
export interface FigureTask {
  readonly figure: Figure;
  readonly provenance: Provenance;
  /** Significant digits of the numbers; 7 unless given. */
  readonly digits?: number;
}

/** The files of a figure that are text. */
export interface RenderedFigure {
  /** The Vega-Lite specification with its data inside. */
  readonly vegaLite: string;
  readonly csv: string;
  readonly svg: string;
}

/** Draws a figure; throws an Error where Vega or Vega-Lite has anything to warn of. */
export async function renderFigure({ figure, provenance, digits = 7 }: FigureTask): Promise<RenderedFigure> {
  const rows = figure.rows.map((row) => rounded(row, digits));
  const spec = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    description: figure.caption,
    usermeta: { ...provenance, title: figure.title, caption: figure.caption },
    ...figure.spec,
    data: { values: rows },
    config,
  } as unknown as TopLevelSpec;
  const svg = await renderSvg(figure.name, spec);
  return { vegaLite: `${JSON.stringify(spec)}\n`, csv: csvText(rows), svg };
}

/** The specification drawn as SVG, the same bytes every time. */
async function renderSvg(name: string, spec: TopLevelSpec): Promise<string> {
  const logger = strictLogger(name);
  const view = new vega.View(vega.parse(compile(spec, { logger }).spec), { renderer: 'none', logger });
  try {
    return `${renumbered(svgScripts(await view.toSVG()))}\n`;
  } finally {
    view.finalize();
  }
}

/** The SVG with its clip paths numbered from 1: Vega counts them through all that a process draws. */
function renumbered(svg: string): string {
  const numbers = new Map<string, number>();
  return svg.replace(/(?<=url\(#|id=")clip\d+/g, (id) => {
    const number = numbers.get(id) ?? numbers.size + 1;
    numbers.set(id, number);
    return `clip${number}`;
  });
}

function rounded(row: FigureRow, digits: number): FigureRow {
  return Object.fromEntries(
    Object.entries(row).map(([column, cell]) => [
      column,
      typeof cell === 'number' ? Number(cell.toPrecision(digits)) : cell,
    ]),
  );
}

function strictLogger(name: string): vega.LoggerInterface {
  const refuse = (...messages: readonly unknown[]): never => {
    throw new Error(`figure ${name}: ${messages.map(String).join(' ')}`);
  };
  const logger: vega.LoggerInterface = {
    level: (level?: number) => (level === undefined ? vega.Warn : logger),
    error: refuse,
    warn: refuse,
    info: () => logger,
    debug: () => logger,
  };
  return logger;
}
