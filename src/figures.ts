/**
 * `forgetting/figures`: the figures of `forgetting reproduce`, and what it takes to draw others that look the same.
 * @module
 */
export { InputError } from './base/input-error.js';

export { drawFigures, drawnLines, type DrawnFigure, type DrawnFigures, type FigureOptions } from '../figures/draw.js';
export { readRuns, type MeasuredRow, type RunRows } from '../figures/rows/read.js';
export { curvesOf, type Curve, type MeasuredPoint, type Curves } from '../figures/rows/curves.js';
export { boundsOf, type CurveBound, type CurveBounds } from '../figures/rows/bounds.js';
export { rowsFigure, type RowsFigure } from '../figures/rows/figure.js';
export { writeFigure } from '../figures/rows/write.js';
export { drawings, llmDrawings } from '../figures/index.js';
export { drawing, type Drawing, type ResultsOf } from './figure/drawing.js';
export type { Experiment, ExperimentContext, WorkProgress } from './experiment/experiment.js';
export type { Cache } from './experiment/cache.js';

export type { Figure, Provenance, FigureRow, Spec, Cell } from './figure/figure.js';
export { renderFigure, type FigureTask, type RenderedFigure } from './figure/render.js';
export { renderPng, type PngTask } from './figure/png.js';
export { csvText } from './figure/csv.js';
export { config, ink, looks, type Look } from './figure/theme.js';
export type { ScheduleKey } from './schedule/key.js';
