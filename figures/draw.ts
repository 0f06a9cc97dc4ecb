import { access, constants, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { InputError } from '../src/base/input-error.js';
import { cacheOf } from '../src/experiment/result-cache.js';
import type { Experiment, ExperimentContext, WorkProgress } from '../src/experiment/experiment.js';
import type { Drawing } from '../src/figure/drawing.js';
import { columned } from '../src/figure/column.js';
import type { Figure, Provenance } from '../src/figure/figure.js';
import type { PageFigure, SkippedFigure } from '../src/figure/page.js';
import type { WorkerPool } from '../src/convex/simulate/pool.js';
import { untitled } from '../src/figure/untitled.js';
import { shellWords } from '../src/base/text.js';
import { nextTurn } from '../src/base/next-turn.js';
import { writeWhole } from '../src/base/whole-file.js';

/** Which figures are drawn, from what, and where they go. */
export interface FigureOptions {
  /** A coarse version. */
  readonly quick: boolean;
  /** The folder of the figures. */
  readonly out: string;
  /** Names of figures; all of them by default. */
  readonly only?: readonly string[];
  readonly seed: number;
  /** Threads; changes no number. */
  readonly workers?: number;
  /** Where the results of finished tasks are kept. */
  readonly cache: string;
  /** The folder of a finished `forgetting llm experiment`. */
  readonly llm?: string;
  /** A problem file of the user's own; only the figures that can be drawn of it are. */
  readonly problem?: string;
  /** Whether figures have their headings; they have unless told. */
  readonly titles?: boolean;
  /** Whether figures are laid out for one column of a paper. */
  readonly column?: boolean;
  /** Whether to write PDFs too. */
  readonly pdf?: boolean;
}

/** What became of the figures that were asked for. */
export interface DrawnFigures {
  readonly figures: readonly DrawnFigure[];
  /** What the experiments have to say, in sentences. */
  readonly warnings: readonly string[];
  /** The page that shows all that the folder holds. */
  readonly page: string;
}

/** A figure's files, or why it was not drawn. */
export interface DrawnFigure {
  readonly name: string;
  readonly files: readonly string[];
  readonly skipped?: string;
}

/** What was drawn in lines: one for each figure, each warning, and the page. */
export function drawnLines({ figures, warnings, page }: DrawnFigures): string[] {
  const lines = figures.map(({ name, files, skipped }) =>
    skipped === undefined ? `${name}: ${shortened(files)}` : `${name}: skipped, ${skipped}`,
  );
  return [...lines, ...warnings, `all of them: ${page}`];
}

/** The first file whole, and of the others what follows its name without ending. */
function shortened([first, ...others]: readonly string[]): string {
  const stem = first.slice(0, -extname(first).length);
  return [first, ...others.map((file) => file.slice(stem.length))].join(' ');
}

/**
 * Draws figures, running the experiments that they need, and puts all that the folder holds on its page.
 * Throws an InputError on an unknown figure and where a folder cannot be written.
 */
export async function drawFigures(options: FigureOptions): Promise<DrawnFigures> {
  // Most functions run for less than a second in all: V8 by itself takes a third of the time to optimise them.
  setFlagsFromString('--interrupt-budget=660000');
  const { createWorkerPool } = await import('../src/convex/simulate/pool.js');
  // Threads start while this one reads what is to be drawn.
  const pool = createWorkerPool(options.workers);
  try {
    return await drawWith(pool, options);
  } finally {
    await pool.destroy();
  }
}

async function drawWith(pool: WorkerPool, options: FigureOptions): Promise<DrawnFigures> {
  const { quick, out, seed, cache, llm, titles = true, column = false, pdf = false } = options;
  const { drawings } = await import('./index.js');
  const given = options.problem === undefined ? undefined : await givenProblem(options.problem);
  const possible = given === undefined ? drawings : drawings.filter(({ takesProblem }) => takesProblem);
  const chosen = chosenDrawings(possible, options.only);
  await prepareFolder('out', out);
  await prepareFolder('cache', cache);
  await removeUnfinished(out, drawings);

  const { version } = await import('../src/base/version.js');
  const bar = await workProgress();
  const data = process.env.FORGETTING_DATA;
  const warnings = new Set<string>();
  const context: ExperimentContext = {
    quick,
    seed,
    ...(data === undefined || data === '' ? {} : { data }),
    ...(llm !== undefined && { llm }),
    ...(given && { given }),
    cache: await cacheOf(cache),
    pool,
    progress: bar,
    warn: (line) => warnings.add(line),
  };

  const { startRenderer } = await import('./renderer.js');
  const { withEmbeddedFont } = await import('../src/figure/embedded-font.js');
  const renderer = startRenderer(pool, quick ? 1 : 2);
  const skipped: SkippedFigure[] = [];
  const results = sharedResults(context);
  const laidOut = column ? columned : (figure: Figure): Figure => figure;
  /** Draws one figure and writes its files, unless it cannot be drawn. */
  const make = async (drawing: Drawing): Promise<DrawnFigure> => {
    const { name } = drawing;
    const reason = drawing.unavailable(context);
    if (reason !== undefined) {
      skipped.push({ name, reason });
      return { name, files: [], skipped: reason };
    }
    const figure = await drawing.draw(results);
    const own = options.problem === undefined ? [] : ['--problem', options.problem];
    const words = [...(quick ? ['--quick'] : []), ...own, '--only', name, '--seed', String(seed)];
    const command = shellWords(['forgetting', 'reproduce', ...words]);
    const rendered = await renderer.render({
      figure: laidOut(titles ? figure : untitled(figure)),
      provenance: { ...(figure.origin ?? { command, seed }), version },
    });
    const path = join(out, name);
    await writeWhole(`${path}.csv`, rendered.csv);
    await writeWhole(`${path}.svg`, withEmbeddedFont(rendered.svg));
    await writeWhole(`${path}.png`, rendered.png);
    await writeWhole(`${path}.vl.json`, rendered.vegaLite);
    if (pdf) {
      const { renderPdf } = await import('../src/figure/pdf.js');
      await writeWhole(`${path}.pdf`, await renderPdf(rendered.svg, figure.title));
    }
    const ends = ['.svg', '.png', ...(pdf ? ['.pdf'] : []), '.csv', '.vl.json'];
    return { name, files: ends.map((end) => `${path}${end}`) };
  };
  const drawn: DrawnFigure[] = [];
  try {
    drawn.push(...(await Promise.all(chosen.map(inTurn(make)))));
  } finally {
    bar.stop();
    await renderer.destroy();
  }
  const { pageHtml } = await import('../src/figure/page.js');
  const page = join(out, 'index.html');
  const present = await figuresIn(out, drawings);
  // One that is there from an earlier run is shown.
  const missing = skipped.filter(({ name }) => !present.some((figure) => figure.name === name));
  await writeWhole(page, pageHtml(present, missing, version));
  return { figures: drawn, warnings: [...warnings], page };
}

/** The names of the figures that would be drawn. Throws an InputError on an unknown one. */
export async function drawnNames({ problem, only }: Pick<FigureOptions, 'problem' | 'only'>): Promise<string[]> {
  const { drawings } = await import('./index.js');
  const possible = problem === undefined ? drawings : drawings.filter(({ takesProblem }) => takesProblem);
  return chosenDrawings(possible, only).map(({ name }) => name);
}

/** The problem of a problem file, under the file's name. */
async function givenProblem(path: string): Promise<NonNullable<ExperimentContext['given']>> {
  const { readProblem } = await import('../src/convex/problem/read.js');
  return { name: basename(path), problem: await readProblem(path) };
}

/** The function, called for each in a turn of its own: what one has handed out is begun while the next is prepared. */
function inTurn<Each, Result>(make: (each: Each) => Promise<Result>): (each: Each) => Promise<Result> {
  let turn = Promise.resolve();
  return (each) => {
    const made = turn.then(() => make(each));
    turn = turn.then(nextTurn);
    return made;
  };
}

function chosenDrawings(drawings: readonly Drawing[], wanted: readonly string[] | undefined): readonly Drawing[] {
  if (wanted === undefined) return drawings;
  const unknown = wanted.find((name) => !drawings.some((drawing) => drawing.name === name));
  if (unknown !== undefined) {
    throw new InputError('only', unknown, `names of figures: ${drawings.map(({ name }) => name).join(', ')}`);
  }
  return drawings.filter(({ name }) => wanted.includes(name));
}

async function prepareFolder(field: string, folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new InputError(field, folder, `a folder that can be written (${(error as Error).message})`);
  }
}

/** Removes what a killed run may have left of a file that it was writing. */
async function removeUnfinished(folder: string, drawings: readonly Drawing[]): Promise<void> {
  const names = drawings.map(({ name }) => name).join('|');
  const unfinished = new RegExp(`^((${names})\\.(csv|svg|png|pdf|vl\\.json)|index\\.html)\\.[\\d-]+\\.unfinished$`);
  for (const file of await readdir(folder)) if (unfinished.test(file)) await rm(join(folder, file));
}

/** Every experiment once, however many figures are drawn from it. */
function sharedResults(context: ExperimentContext): <Results>(experiment: Experiment<Results>) => Promise<Results> {
  const running = new Map<Experiment<never>, Promise<unknown>>();
  return <Results>(experiment: Experiment<Results>) => {
    const key = experiment as Experiment<never>;
    const known = running.get(key) ?? experiment.run(context);
    running.set(key, known);
    return known as Promise<Results>;
  };
}

/** The figures whose files are in the folder, in the order of the registry. */
async function figuresIn(folder: string, drawings: readonly Drawing[]): Promise<PageFigure[]> {
  const files = new Set(await readdir(folder));
  const present = drawings.filter(({ name }) => files.has(`${name}.vl.json`));
  return Promise.all(
    present.map(async ({ name }) => {
      const { usermeta } = JSON.parse(await readFile(join(folder, `${name}.vl.json`), 'utf8')) as {
        usermeta: Provenance & { title: string; caption: string };
      };
      return { name, ...usermeta };
    }),
  );
}

/** A bar over all the work that has come up so far. */
async function workProgress(): Promise<WorkProgress & { stop(): void }> {
  const { startProgress } = await import('../src/base/progress.js');
  const bar = startProgress('experiments', 0);
  let [total, finished] = [0, 0];
  return {
    planned: (work) => {
      bar.extend((total += work));
    },
    done: (work) => {
      bar.update((finished += work));
    },
    stop: () => {
      bar.stop();
    },
  };
}
