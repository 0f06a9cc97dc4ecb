import type { TopLevelSpec } from 'vega-lite';

/** A cell of a figure's data. */
export type Cell = string | number | boolean | null;

/** One row of a figure's data; rows of different layers may have different columns. */
export type FigureRow = Readonly<Record<string, Cell>>;

/** What made a figure, or another result. */
export interface Provenance {
  /** The command line, without what cannot change a number (--workers, --out, --verdicts). */
  readonly command: string;
  readonly seed: number;
  /** The version of the package. */
  readonly version: string;
}

/** A figure: rows, how Vega-Lite draws them, and what is to be seen in it. */
export interface Figure {
  /** The name of its files. */
  readonly name: string;
  readonly title: string;
  /** One or two sentences on what is seen. */
  readonly caption: string;
  /** The specification without data; its layers pick their rows by a filter. */
  readonly spec: Spec;
  readonly rows: readonly FigureRow[];
  /** The command and seed of the results, where they are not of the command that draws them. */
  readonly origin?: Pick<Provenance, 'command' | 'seed'>;
}

/** A Vega-Lite specification whose data, title, description and theme are still to be added. */
export type Spec = TopLevelSpec extends infer Each
  ? Each extends unknown
    ? Omit<Each, 'data' | 'config'>
    : never
  : never;

/** A view of a figure of several. */
export type View = Extract<TopLevelSpec, { hconcat: unknown }>['hconcat'][number];
/** A layer of such a view. */
export type Layer = Extract<View, { layer: unknown }>['layer'][number];
