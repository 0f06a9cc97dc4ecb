import { optionName } from '../src/cli/arguments.js';
import { printTable } from '../src/cli/output.js';
import { presets } from '../src/study/preset/index.js';
import type { Preset } from '../src/study/preset/preset.js';
import type { ExperimentScale, TrainingSettings } from '../src/study/settings.js';

// npx tsx docs/presets.ts prints what docs/llm.md quotes: the values of llm experiment's options in each preset.

/** A preset's values by the names of the options that take their place. */
function optionValues(training: TrainingSettings, scale: ExperimentScale): Readonly<Record<string, string>> {
  const { maximumLength, sftBatch, preferenceBatch, learningRate, beta } = training;
  const values = { ...scale, maxLength: maximumLength, sftBatch, preferenceBatch, learningRate, beta };
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const text = typeof value === 'number' ? String(value) : value.join(',');
      return [`--${optionName(name)}`, text === '' ? 'none' : text];
    }),
  );
}

const columns = Object.values(presets).flatMap(({ name, training, scale, full, fullTraining }: Preset) => {
  const column = { name, values: optionValues(training, scale) };
  if (full === scale) return [column];
  return [column, { name: `${name} --full`, values: optionValues({ ...training, ...fullTraining }, full) }];
});
printTable(
  ['option', ...columns.map(({ name }) => name)],
  Object.keys(columns[0].values).map((option) => [option, ...columns.map(({ values }) => values[option])]),
);
