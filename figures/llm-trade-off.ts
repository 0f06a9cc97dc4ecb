import { comparisons } from '../src/study/plan.js';
import { endPanel, pathPanel } from './loss-space.js';
import { llmDrawing, lossSpaceOf, schedulesOf, setting } from './llm.js';

const size = { width: 400, height: 370 };

/** Loss space of a language model: paths, end points for every λ and split, and the ideal point of each comparison. */
export const llmTradeOffFigure = llmDrawing('llm-trade-off', (results) => {
  const text = 'The trade-off of a language model';
  const keys = schedulesOf(results);
  const rowsOfPanels = comparisons.map((comparison) => {
    const space = { ...lossSpaceOf(results, comparison), keys };
    return [
      pathPanel({ ...space, title: `${space.title}, paths` }, size),
      endPanel({ ...space, title: `${space.title}, end points` }, size),
    ];
  });
  return {
    title: text,
    caption:
      'Every schedule from one start, against one reference policy and the optima of the two single-objective runs. Labels at ' +
      'the end points are λ, for Sequential the steps of its first and second stage. Above each panel, and in it where they lie within its axes: ' +
      'start, the untrained model and the uniform guess.',
    rows: rowsOfPanels.flat().flatMap(({ rows }) => rows),
    spec: {
      title: { text, subtitle: `${setting(results)}; at end points λ, for Sequential first stage : second stage` },
      vconcat: rowsOfPanels.map((panels) => ({ hconcat: panels.map(({ view }) => view) })),
    },
  };
});
