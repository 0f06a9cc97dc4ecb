import * as z from 'zod';
import { InputError } from '../../base/input-error.js';
import type { RopeScaling } from './rotary.js';

const count = z.int().positive();
const positive = z.number().positive();

/** What a config.json says of its rotary embedding, as `rope_scaling` or as `rope_parameters`. */
export const ropeSchema = z.looseObject({
  rope_type: z.string().nullish(),
  type: z.string().nullish(),
  rope_theta: positive.nullish(),
  partial_rotary_factor: positive.max(1).nullish(),
  factor: positive.nullish(),
  low_freq_factor: positive.nullish(),
  high_freq_factor: positive.nullish(),
  original_max_position_embeddings: count.nullish(),
  attention_factor: positive.nullish(),
  beta_fast: positive.nullish(),
  beta_slow: positive.nullish(),
  mscale: positive.nullish(),
  mscale_all_dim: positive.nullish(),
  truncate: z.boolean().nullish(),
});
type RopeJson = z.output<typeof ropeSchema>;

/** How a model's heads are rotated, as far as its rope fields say. */
export interface RopeSettings {
  readonly theta: number | undefined;
  readonly scaling: RopeScaling | undefined;
  /** The share of a head's coordinates that is rotated. */
  readonly partialFactor: number | undefined;
}

/**
 * Reads the rope fields of a config.json: `rope_scaling` and `rope_parameters` say the same in older and newer versions
 * of Python's transformers, and an empty or absent one says nothing.
 * @param contextLength max_position_embeddings, which stands in for an absent original_max_position_embeddings
 * @throws InputError for a type that is not implemented, a field that is missing, unknown or contradicts another
 */
export function readRope(
  path: string,
  json: { readonly rope_scaling?: RopeJson | null | undefined; readonly rope_parameters?: RopeJson | null | undefined },
  contextLength: number,
): RopeSettings {
  const said = (['rope_scaling', 'rope_parameters'] as const).flatMap((field) => {
    const value = json[field] ?? {};
    return Object.values(value).every((entry) => entry === undefined || entry === null)
      ? []
      : [settingsOf(`${path}: ${field}`, value, contextLength)];
  });
  const [first, second = first] = said;
  if (said.length === 0) return { theta: undefined, scaling: undefined, partialFactor: undefined };
  const contradiction = (['theta', 'scaling', 'partialFactor'] as const).find(
    (part) =>
      first[part] !== undefined &&
      second[part] !== undefined &&
      JSON.stringify(first[part]) !== JSON.stringify(second[part]),
  );
  if (contradiction !== undefined) {
    throw new InputError(
      `${path}: rope_parameters`,
      json.rope_parameters,
      'the same as rope_scaling says, or only one of the two',
    );
  }
  return {
    theta: first.theta ?? second.theta,
    scaling: first.scaling ?? second.scaling,
    partialFactor: first.partialFactor ?? second.partialFactor,
  };
}

function settingsOf(place: string, json: RopeJson, contextLength: number): RopeSettings {
  const { rope_type: named, type: olderName } = json;
  if (typeof named === 'string' && typeof olderName === 'string' && named !== olderName) {
    throw new InputError(`${place}.type`, olderName, `"${named}", as rope_type says`);
  }
  const kind = named ?? olderName ?? 'default';
  const read = scalings[kind] as ScalingReader | undefined;
  if (!Object.hasOwn(scalings, kind) || read === undefined) {
    throw new InputError(`${place}.rope_type`, kind, Object.keys(scalings).join(', '));
  }
  const known = new Set<string>(['rope_type', 'type', 'rope_theta', 'partial_rotary_factor', ...read.fields]);
  for (const [field, value] of Object.entries(json)) {
    if (value === undefined || value === null || known.has(field)) continue;
    throw new InputError(`${place}.${field}`, value, `no field of this name with rope_type ${kind}`);
  }
  const required = (field: 'factor' | 'low_freq_factor' | 'high_freq_factor'): number => {
    const value = json[field];
    if (typeof value !== 'number') throw new InputError(`${place}.${field}`, value, `a positive number for ${kind}`);
    return value;
  };
  return {
    theta: json.rope_theta ?? undefined,
    scaling: read.scaling({ place, json, required, contextLength }),
    partialFactor: json.partial_rotary_factor ?? undefined,
  };
}

interface ScalingFields {
  readonly place: string;
  readonly json: RopeJson;
  readonly required: (field: 'factor' | 'low_freq_factor' | 'high_freq_factor') => number;
  readonly contextLength: number;
}

interface ScalingReader {
  /** The fields that decide a number. */
  readonly fields: readonly string[];
  readonly scaling: (given: ScalingFields) => RopeScaling | undefined;
}

/** The rope types that are implemented. */
const scalings: Readonly<Record<string, ScalingReader>> = {
  default: {
    fields: ['factor', 'original_max_position_embeddings'],
    scaling: ({ place, json: { factor } }) => {
      if (typeof factor === 'number' && factor !== 1) {
        throw new InputError(`${place}.factor`, factor, '1, or a rope_type that has a factor');
      }
      return undefined;
    },
  },
  linear: {
    fields: ['factor', 'original_max_position_embeddings'],
    scaling: ({ required }) => ({ kind: 'linear', factor: required('factor') }),
  },
  dynamic: {
    fields: ['factor', 'original_max_position_embeddings'],
    scaling: ({ place, json, required, contextLength }) => {
      const original = json.original_max_position_embeddings ?? contextLength;
      // Versions of transformers disagree about which of two different lengths begins the scaling.
      if (original !== contextLength) {
        throw new InputError(
          `${place}.original_max_position_embeddings`,
          original,
          `${contextLength}, max_position_embeddings`,
        );
      }
      return { kind: 'dynamic', factor: required('factor') };
    },
  },
  llama3: {
    fields: ['factor', 'low_freq_factor', 'high_freq_factor', 'original_max_position_embeddings'],
    scaling: ({ place, json, required, contextLength }) => {
      const [low, high] = [required('low_freq_factor'), required('high_freq_factor')];
      if (high <= low) throw new InputError(`${place}.high_freq_factor`, high, `more than low_freq_factor ${low}`);
      return {
        kind: 'llama3',
        factor: required('factor'),
        lowFrequencyFactor: low,
        highFrequencyFactor: high,
        originalContextLength: json.original_max_position_embeddings ?? contextLength,
      };
    },
  },
  yarn: {
    fields: [
      ...['factor', 'original_max_position_embeddings', 'attention_factor', 'beta_fast', 'beta_slow'],
      ...['mscale', 'mscale_all_dim', 'truncate'],
    ],
    scaling: ({ json, required, contextLength }) => {
      const originalContextLength = json.original_max_position_embeddings ?? contextLength;
      const factor = json.factor ?? undefined;
      const ratio = contextLength / originalContextLength;
      const used = factor ?? (json.original_max_position_embeddings == null ? required('factor') : ratio);
      return {
        kind: 'yarn',
        factor: used,
        originalContextLength,
        betaFast: json.beta_fast ?? 32,
        betaSlow: json.beta_slow ?? 1,
        attentionFactor: json.attention_factor ?? yarnAttentionFactor(used, json.mscale, json.mscale_all_dim),
        truncate: json.truncate ?? true,
      };
    },
  },
};

/** YaRN's temperature, 0.1 ln(factor) + 1 (Peng et al., arXiv 2309.00071, section 3.4), or DeepSeek's ratio of two. */
function yarnAttentionFactor(factor: number, mscale?: number | null, mscaleAllDim?: number | null): number {
  const temperature = (scale: number): number => (factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1);
  return mscale != null && mscaleAllDim != null ? temperature(mscale) / temperature(mscaleAllDim) : temperature(1);
}

/** The `rope_scaling` of a config.json for a scaling, as older and newer versions of transformers read it. */
export function ropeScalingJson(scaling: RopeScaling | undefined): Record<string, unknown> | null {
  if (scaling === undefined) return null;
  const { kind, factor } = scaling;
  if (kind === 'linear' || kind === 'dynamic') return { rope_type: kind, factor };
  const original = { original_max_position_embeddings: scaling.originalContextLength };
  if (kind === 'llama3') {
    const { lowFrequencyFactor, highFrequencyFactor } = scaling;
    return {
      rope_type: kind,
      factor,
      low_freq_factor: lowFrequencyFactor,
      high_freq_factor: highFrequencyFactor,
      ...original,
    };
  }
  const { betaFast, betaSlow, attentionFactor, truncate } = scaling;
  return {
    rope_type: kind,
    factor,
    ...original,
    attention_factor: attentionFactor,
    beta_fast: betaFast,
    beta_slow: betaSlow,
    truncate,
  };
}
