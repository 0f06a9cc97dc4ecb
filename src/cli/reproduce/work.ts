import { join } from 'node:path';
import { drawnNames, type FigureOptions } from '../../../figures/draw.js';
import { cacheOf } from '../../experiment/result-cache.js';
import { digestOf } from '../../base/digest.js';
import { readText } from '../../base/read-whole.js';
import { isMade, writeMade } from '../../cluster/made.js';
import type { Work } from '../../cluster/work.js';
import { digest } from '../../experiment/cache.js';

/** Reproduce as work that several machines share: the experiments behind each figure, then all figures. */
export interface ReproduceWork {
  readonly work: Work;
  /** The names of the figures, in the order of the tasks. */
  readonly figures: readonly string[];
  /** Says that what a figure is drawn from is in the cache. */
  readonly markTask: (figure: string) => Promise<void>;
  /** Says that the figures are drawn. */
  readonly markFigures: () => Promise<void>;
}

/** The work that the options of reproduce describe. Throws an InputError on an unknown figure. */
export async function workOfReproduce(options: FigureOptions): Promise<ReproduceWork> {
  const { quick, seed, cache, llm, problem, only, out, titles, pdf } = options;
  const { salt } = await cacheOf(cache);
  const figures = await drawnNames({ ...(problem !== undefined && { problem }), ...(only && { only }) });
  // What decides the experiments' results: data of another folder are other data.
  const inputs = {
    quick,
    seed,
    llm,
    problem: problem && digestOf(readText(problem)),
    data: process.env.FORGETTING_DATA,
  };
  const folder = join(cache, `reproduce-${digest([salt, inputs, figures, out, titles, pdf]).slice(0, 16)}`);
  const markOf = (name: string): string => join(folder, `${name}.made`);
  const tasks = figures.map((name, i) => ({ number: i + 1, name, isFinished: () => isMade(markOf(name)) }));
  const last = { number: undefined, name: out, isFinished: () => isMade(markOf('all')) };
  return {
    work: {
      folder,
      stages: [
        { name: 'experiments', tasks },
        { name: 'figures', tasks: [last] },
      ],
    },
    figures,
    markTask: (figure) => writeMade(markOf(figure)),
    markFigures: () => writeMade(markOf('all'), [join(out, 'index.html')]),
  };
}
