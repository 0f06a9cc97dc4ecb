import { writeFileSync } from 'node:fs';
import { choicesOf, digestsOf, ported, randomCase, valuesOf } from './case.js';

// npx tsx test/schedule/vectors/write.ts: what both the TypeScript schedules and their Python port must choose.
const [count, block, stated] = [10_000, 200, 50];
const digests = digestsOf(count, block, ported);
const lines = Array.from({ length: stated }, (_, index) => {
  const random = randomCase(index, ported);
  const next = valuesOf(index);
  const values: number[] = [];
  const choices = choicesOf(random, () => {
    const value = next();
    values.push(value);
    return value;
  });
  return `    ${JSON.stringify({ ...random, values: values.join(' '), choices: choices.join(' ') })}`;
});
const head = JSON.stringify({ schedules: ported, count, block, digests }, null, 2).slice(0, -2);
const text = `${head},\n  "stated": [\n${lines.join(',\n')}\n  ]\n}\n`;
writeFileSync(new URL('../../../python/vectors.json', import.meta.url), text);
