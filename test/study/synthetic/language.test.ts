import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sftPrompt } from '../../../src/llm/data/template.js';
import { syntheticCorpus, syntheticWords } from '../../../src/study/synthetic/language.js';
import { readHuggingFaceTokenizer } from '../../../src/llm/tokenizer/huggingface.js';
import { wordTokenizerJson } from '../../../src/llm/tokenizer/word-level.js';
import { temporaryFolder } from '../../temporary-folder.js';

const conflicts = [0, 0.25, 0.5, 1];

describe('the synthetic language', () => {
  it('is the same for the same seed, and another for another', () => {
    const [once, again, other] = [3, 3, 4].map((seed) => JSON.stringify(syntheticCorpus({ seed, conflict: 0.5 })));
    expect(again).toBe(once);
    expect(other).not.toBe(once);
  });

  it('has preferences between the reply that SFT teaches and one that differs, the former preferred but for the conflict', () => {
    const contradicting = conflicts.map((conflict) => {
      const { sft, preferences } = syntheticCorpus({ seed: 1, conflict });
      return (['train', 'heldOut'] as const).map((part) => {
        const taught = new Map(sft[part].map(({ instruction, output }) => [sftPrompt(instruction), output]));
        for (const { prompt, chosen, rejected } of preferences[part]) {
          expect([chosen, rejected].filter((reply) => reply === taught.get(prompt))).toHaveLength(1);
        }
        return preferences[part]
          .filter(({ prompt, chosen }) => chosen !== taught.get(prompt))
          .map(({ prompt }) => prompt);
      });
    });
    for (const part of [0, 1]) {
      const count = syntheticCorpus({ seed: 1, conflict: 0 }).preferences[part === 0 ? 'train' : 'heldOut'].length;
      conflicts.forEach((conflict, i) => {
        expect(contradicting[i][part]).toHaveLength(conflict * count);
        // A larger share holds a smaller one.
        if (i > 0) expect(contradicting[i][part]).toEqual(expect.arrayContaining(contradicting[i - 1][part]));
      });
    }
  });

  it('changes nothing but preferences with the conflict, and holds out what it does not train on', () => {
    const [agreeing, contradicting] = [0, 1].map((conflict) => syntheticCorpus({ seed: 2, conflict }));
    expect(contradicting.pretraining).toEqual(agreeing.pretraining);
    expect(contradicting.sft).toEqual(agreeing.sft);
    const { train, heldOut } = agreeing.sft;
    const instructions = [...train, ...heldOut].map(({ instruction }) => instruction);
    expect(new Set(instructions).size).toBe(instructions.length);
  });

  it('has a tokenizer of whole words that knows all of them, with the end of text as its own', () => {
    const path = join(temporaryFolder(), 'tokenizer.json');
    writeFileSync(path, JSON.stringify(wordTokenizerJson(syntheticWords())));
    const tokenizer = readHuggingFaceTokenizer(path);
    const { pretraining, sft, preferences } = syntheticCorpus({ seed: 1, conflict: 0.5 });
    const texts = [
      ...[...pretraining, ...sft.train].map(({ instruction, output }) => sftPrompt(instruction) + output),
      ...preferences.train.flatMap(({ prompt, chosen, rejected }) => [prompt + chosen, prompt + rejected]),
    ];
    const unknown = tokenizer.encode('zebra')[0];
    for (const text of texts) {
      const ids = tokenizer.encode(`${text} <|endoftext|>`);
      expect(ids).not.toContain(unknown);
      expect(ids).toHaveLength((text.match(/\w+|[^\w\s]+/g) ?? []).length + 1);
      expect(ids.at(-1)).toBe(tokenizer.eosId);
    }
  });
});

it('a conflict outside [0, 1] is refused', () => {
  expect(() => syntheticCorpus({ seed: 0, conflict: 1.5 })).toThrow('conflict: got 1.5, expected a number in [0, 1]');
});
