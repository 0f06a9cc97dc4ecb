import fc from 'fast-check';
import { expect, it } from 'vitest';
import { configFromJson, configJson } from '../../../src/llm/model/architecture/index.js';
import { llamaConfig, type LlamaConfig } from '../../../src/llm/model/architecture/llama.js';
import { neoxConfig } from '../../../src/llm/model/architecture/neox.js';
import { attentionFactorOf, rotaryFrequencies } from '../../../src/llm/model/rotary.js';
import { referenceRope, type RopeJson } from '../reference/rope.js';

/** What a file with these fields says. */
const readJson = (fields: object) => configFromJson('config.json', JSON.parse(JSON.stringify(fields)));
const plain = configJson(llamaConfig({ width: 64, heads: 4, contextLength: 4096 }));
const { rope_theta: usual, rope_scaling: none, ...base } = plain;

function read(changes: object): LlamaConfig {
  const config = readJson({ ...base, ...changes });
  if (config.architecture !== 'llama') throw new Error('not a llama');
  return config;
}

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const original = maybe(fc.integer({ min: 64, max: 4096 }));
const rope: fc.Arbitrary<RopeJson> = fc.oneof(
  fc.constant({ rope_type: 'default' }),
  fc.record({ rope_type: fc.constant('linear'), factor: real(1, 16) }),
  fc.record({ rope_type: fc.constant('dynamic'), factor: real(1, 16) }),
  fc.record({
    rope_type: fc.constant('llama3'),
    factor: real(1, 16),
    low_freq_factor: real(0.5, 2),
    high_freq_factor: real(2.5, 8),
    original_max_position_embeddings: original,
  }),
  fc.record({
    rope_type: fc.constant('yarn'),
    factor: real(1, 16),
    original_max_position_embeddings: original,
    attention_factor: maybe(real(0.5, 2)),
    beta_fast: maybe(real(16, 64)),
    beta_slow: maybe(real(0.5, 4)),
    mscale: maybe(real(0.5, 1)),
    mscale_all_dim: maybe(real(0.5, 1)),
    truncate: maybe(fc.boolean()),
  }),
) as fc.Arbitrary<RopeJson>;

it('every form of every rope type turns heads as an independent computation does', () => {
  const forms = fc.constantFrom('rope_scaling', 'rope_parameters', 'both', 'old name', 'empty beside');
  const places = fc.constantFrom('inside', 'outside', 'neither');
  fc.assert(
    fc.property(rope, forms, places, real(500, 1e6), (said, form, place, theta) => {
      const { rope_type: type, ...rest } = said;
      const named = form === 'old name' ? { type, ...rest } : said;
      const whole = place === 'inside' ? { ...named, rope_theta: theta } : named;
      const config = read({
        ...(form !== 'rope_parameters' && form !== 'empty beside' && { rope_scaling: whole }),
        ...(form === 'empty beside' && { rope_scaling: {} }),
        ...((form === 'rope_parameters' || form === 'both' || form === 'empty beside') && { rope_parameters: whole }),
        // What is said inside counts, whatever stands outside.
        ...(place === 'outside' && { rope_theta: theta }),
        ...(place === 'inside' && { rope_theta: 77 }),
      });
      const used = place === 'neither' ? 10000 : theta;
      const expected = referenceRope(said, 16, used, 4096);
      const found = rotaryFrequencies(config.headWidth, config.ropeTheta, config.ropeScaling);
      found.forEach((f, i) => {
        expect(Math.abs(f / expected.frequencies[i] - 1)).toBeLessThan(1e-12);
      });
      expect(attentionFactorOf(config.ropeScaling)).toBeCloseTo(expected.attentionFactor, 12);
      // What is written is read as the same again.
      expect(read(configJson(config))).toEqual(config);
    }),
    { numRuns: 300 },
  );
});

it('rope_theta inside rope_scaling counts, and an empty rope_scaling hides nothing', () => {
  expect(read({ rope_scaling: { rope_type: 'default', rope_theta: 300 } }).ropeTheta).toBe(300);
  expect(read({ rope_scaling: { rope_type: 'default', rope_theta: 300 }, rope_theta: usual }).ropeTheta).toBe(300);
  const parameters = { rope_type: 'linear', factor: 3, rope_theta: 200 };
  for (const empty of [{}, none, { factor: null }]) {
    const config = read({ rope_scaling: empty, rope_parameters: parameters });
    expect(config).toMatchObject({ ropeTheta: 200, ropeScaling: { kind: 'linear', factor: 3 } });
  }
  // Each says a part.
  expect(read({ rope_scaling: { type: 'linear', factor: 3 }, rope_parameters: { rope_theta: 200 } })).toMatchObject({
    ropeTheta: 200,
    ropeScaling: { kind: 'linear', factor: 3 },
  });
});

it.each([
  [
    'an unknown type',
    { rope_scaling: { rope_type: 'longrope', factor: 2 } },
    /rope_scaling\.rope_type: got "longrope"/,
  ],
  ['a name of every object', { rope_scaling: { rope_type: 'constructor' } }, /rope_type: got "constructor"/],
  [
    'two types',
    { rope_scaling: { rope_type: 'linear', type: 'dynamic', factor: 2 } },
    /rope_scaling\.type: got "dynamic"/,
  ],
  ['no factor', { rope_scaling: { rope_type: 'yarn' } }, /rope_scaling\.factor: got nothing/],
  ['a factor without a type', { rope_parameters: { factor: 4 } }, /rope_parameters\.factor: got 4/],
  ['a field of another type', { rope_scaling: { type: 'linear', factor: 2, beta_fast: 32 } }, /beta_fast: got 32/],
  [
    'two that contradict each other',
    { rope_scaling: { type: 'linear', factor: 2 }, rope_parameters: { rope_type: 'linear', factor: 4 } },
    /rope_parameters: got .*factor.*4.*, expected the same as rope_scaling says/,
  ],
  [
    'a dynamic scaling of another length',
    { rope_scaling: { type: 'dynamic', factor: 2, original_max_position_embeddings: 128 } },
    /original_max_position_embeddings: got 128, expected 4096/,
  ],
  [
    'llama3 with factors the wrong way round',
    { rope_scaling: { rope_type: 'llama3', factor: 2, low_freq_factor: 4, high_freq_factor: 1 } },
    /high_freq_factor: got 1/,
  ],
  ['a partial rotation', { partial_rotary_factor: 0.5 }, /partial_rotary_factor: got 0\.5/],
  ['a partial rotation inside', { rope_parameters: { partial_rotary_factor: 0.5 } }, /partial_rotary_factor: got 0\.5/],
  ['quantised weights', { quantization_config: { bits: 4 } }, /quantization_config/],
])('a configuration with %s is refused', (_, changes, message) => {
  expect(() => read(changes)).toThrow(message);
});

it('GPT-NeoX takes its base and its share from either form', () => {
  const neox = {
    ...configJson(neoxConfig({ width: 64, heads: 4 })),
    rotary_emb_base: undefined,
    rotary_pct: undefined,
  };
  const both = { rope_theta: 500, partial_rotary_factor: 0.5 };
  expect(readJson({ ...neox, rope_parameters: both })).toMatchObject({ ropeTheta: 500, rotaryWidth: 8 });
  const scaled = { ...neox, rope_scaling: { rope_type: 'linear', factor: 2 } };
  expect(() => readJson(scaled)).toThrow(/rope_scaling.*none for gpt_neox/);
});
