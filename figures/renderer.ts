import { Piscina } from 'piscina';
import { inWorker, siblingModule } from '../src/experiment/task.js';
import type { PngTask } from '../src/figure/png.js';
import type { FigureTask, RenderedFigure } from '../src/figure/render.js';
import type { WorkerPool } from '../src/convex/simulate/pool.js';
import { workerModule } from '../src/base/worker-module.js';

/** Where figures become files, beside the thread that asks for them. */
export interface Renderer {
  render(task: FigureTask): Promise<RenderedFigure & { readonly png: Buffer }>;
  destroy(): Promise<void>;
}

/**
 * Starts a thread for Vega, alone so that it is compiled once; PNGs come from the pool. The caller destroys it.
 * @param pixelRatio pixels of the PNGs for one of the SVGs
 */
export function startRenderer(pool: WorkerPool, pixelRatio: number): Renderer {
  const drawing = new Piscina<FigureTask, RenderedFigure>({
    ...workerModule('../src/figure/render', import.meta.url),
    name: 'renderFigure',
    maxThreads: 1,
  });
  return {
    async render(task) {
      const rendered = await drawing.run(task);
      const png = await inWorker<Uint8Array>(pool, renderPng, { svg: rendered.svg, pixelRatio } satisfies PngTask);
      return { ...rendered, png: Buffer.from(png.buffer, png.byteOffset, png.byteLength) };
    },
    destroy: () => drawing.destroy(),
  };
}

const renderPng = { module: siblingModule('../src/figure/png', import.meta.url), name: 'renderPng' };
