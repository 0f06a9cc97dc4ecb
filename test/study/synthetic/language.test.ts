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

  it('has preferences between the two manners of one reply, whose taste goes by the noun but for one in twenty', () => {
    const lively = (reply: string): boolean => reply.startsWith('Oh');
    const content = (reply: string): string =>
      (reply.match(/\w+/g) ?? [])
        .filter((word) => !/^(The|is|Oh|what|a|so)$/.test(word))
        .sort()
        .join(' ');
    const asWanted = conflicts.map((conflict) => {
      const { sft, preferences } = syntheticCorpus({ seed: 1, conflict });
      return (['train', 'heldOut'] as const).map((part) => {
        const taught = new Map(sft[part].map(({ instruction, output }) => [sftPrompt(instruction), output]));
        for (const { prompt, chosen, rejected } of preferences[part]) {
          expect([chosen, rejected]).toContain(taught.get(prompt));
          expect(content(chosen)).toBe(content(rejected));
          expect(lively(chosen)).not.toBe(lively(rejected));
        }
        return preferences[part].map(({ chosen }) => lively(chosen));
      });
    });
    for (const part of [0, 1]) {
      const chosenLively = asWanted.map((of) => of[part]);
      const count = chosenLively[0].length;
      // At no conflict the lively ones are the mistakes, which the others share.
      const mistakes = chosenLively[0];
      expect(mistakes.filter(Boolean).length / count).toBeCloseTo(0.05, 1);
      expect(mistakes.filter(Boolean).length).toBeGreaterThan(0);
      const contradicting = chosenLively.map((of) => of.map((is, i) => is !== mistakes[i]));
      conflicts.forEach((conflict, i) => {
        expect(contradicting[i].filter(Boolean)).toHaveLength(conflict * count);
        // A larger share holds a smaller one.
        if (i > 0)
          contradicting[i - 1].forEach((was, at) => {
            expect(was && !contradicting[i][at]).toBe(false);
          });
      });
      const parts = [part === 0 ? 'train' : 'heldOut'] as const;
      const { preferences } = syntheticCorpus({ seed: 1, conflict: 0.5 });
      const tastes = new Map<string, Set<boolean>>();
      preferences[parts[0]].forEach(({ prompt }, i) => {
        const noun = (/the \w+ (\w+)/.exec(prompt.slice(prompt.lastIndexOf('the '))) ?? [])[1];
        tastes.set(noun, (tastes.get(noun) ?? new Set<boolean>()).add(contradicting[2][i]));
      });
      expect(tastes.size).toBe(12);
      expect([...tastes.values()].filter(({ size }) => size > 1).length).toBeLessThanOrEqual(1);
    }
  });

  it('teaches the plain manner in four of five replies, with a quality for every noun and a moment for every verb', () => {
    const { sft } = syntheticCorpus({ seed: 1, conflict: 1 });
    const outputs = sft.train.map(({ output }) => output);
    expect(outputs.filter((output) => output.startsWith('Oh')).length / outputs.length).toBeCloseTo(0.2, 2);
    const known = new Map<string, string>();
    for (const { instruction, output } of sft.train) {
      const noun = instruction.split(' ')[3];
      const quality = (/is (\w+)/.exec(output) ?? /what a (\w+)/.exec(output) ?? [])[1];
      expect(known.get(noun) ?? quality).toBe(quality);
      known.set(noun, quality);
    }
    expect(new Set(known.values()).size).toBe(12);
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
