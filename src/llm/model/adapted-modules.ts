import { InputError } from '../../base/input-error.js';
import { architectureOf, type ModelConfig } from './architecture/index.js';
import { linearMaps, type LinearMap } from './architecture/linear-maps.js';
import type { LoraConfig } from './lora.js';

/** A module that an adapter changes: A of shape [rank, inputs] and B of [outputs, rank]. */
export interface AdaptedModule extends LinearMap {
  readonly kind: 'block' | 'head' | 'embedding';
  readonly rank: number;
  /** What B A is multiplied with. */
  readonly scale: number;
}

/** The linear maps in a model's blocks, its head, and its embedding, from tokens to rows. */
function adaptableModules(config: ModelConfig): Omit<AdaptedModule, 'rank' | 'scale'>[] {
  const { head, embedding } = architectureOf(config);
  const { vocabularySize, width } = config;
  const module = (name: string): string => name.replace(/\.weight$/, '');
  return [
    ...linearMaps(config).map((map) => ({ ...map, kind: 'block' as const })),
    { module: module(head), inputs: width, outputs: vocabularySize, kind: 'head' },
    { module: module(embedding), inputs: vocabularySize, outputs: width, kind: 'embedding' },
  ];
}

/**
 * The modules of a model that an adapter changes, by PEFT's rules: a list names modules or their last parts, a text is
 * a regular expression of whole names, or "all-linear", which is every linear map but the head.
 * Source: https://github.com/huggingface/peft, tuners_utils.py (check_target_module_exists) and lora/model.py.
 * @throws InputError where no module is named, or an expression is none
 */
export function adaptedModules(config: ModelConfig, lora: LoraConfig): AdaptedModule[] {
  const { targets, exclude, layers, layersPattern = [], saved = [], rankPattern = {}, alphaPattern = {} } = lora;
  const all = adaptableModules(config);
  const isTarget =
    typeof targets === 'string' && targets.toLowerCase() === 'all-linear'
      ? undefined
      : matcher(targets, 'target_modules');
  const isExcluded = exclude === undefined ? () => false : matcher(exclude, 'exclude_modules');
  const isSaved = saved.map((name) => expression(`(?:.*\\.)?${name}(?:\\..*)?`, 'modules_to_save'));
  const numbered =
    layersPattern.length === 0
      ? [expression('.*\\.[^.]*\\.(\\d+)\\..*', 'layers_pattern')]
      : layersPattern.map((name) => expression(`.*\\.${name}\\.(\\d+)\\..*`, 'layers_pattern'));
  const inLayers = (module: string): boolean => {
    if (layers === undefined || layers.length === 0 || typeof targets === 'string') return true;
    const found = numbered.map((pattern) => pattern.exec(module)?.[1]).find((number) => number !== undefined);
    return found !== undefined && layers.includes(Number(found));
  };
  const chosen = all.filter(
    ({ module, kind }) =>
      !isExcluded(module) &&
      !isSaved.some((pattern) => pattern.test(module)) &&
      (isTarget === undefined ? kind === 'block' : isTarget(module) && inLayers(module)),
  );
  if (chosen.length === 0) {
    const names = [...new Set(all.map(({ module }) => module.slice(module.lastIndexOf('.') + 1)))];
    throw new InputError('lora targets', targets.length === 1 ? targets[0] : targets, `some of ${names.join(', ')}`);
  }
  const patternOf = <Value>(patterns: Readonly<Record<string, Value>>, field: string) => {
    const compiled = Object.entries(patterns).map(
      ([name, value]) => [expression(`(?:.*\\.)?(?:${name})`, field), value] as const,
    );
    return (module: string): Value | undefined => compiled.find(([pattern]) => pattern.test(module))?.[1];
  };
  const [rankOf, alphaOf] = [patternOf(rankPattern, 'rank_pattern'), patternOf(alphaPattern, 'alpha_pattern')];
  return chosen.map((module) => {
    const rank = rankOf(module.module) ?? lora.rank;
    const alpha = alphaOf(module.module) ?? lora.alpha;
    return { ...module, rank, scale: alpha / (lora.rankStabilised === true ? Math.sqrt(rank) : rank) };
  });
}

function matcher(names: readonly string[] | string, field: string): (module: string) => boolean {
  if (typeof names !== 'string') {
    return (module) => names.some((name) => module === name || module.endsWith(`.${name}`));
  }
  const pattern = expression(names, field);
  return (module) => pattern.test(module);
}

/** An expression that matches whole names, as Python's re.fullmatch. */
function expression(pattern: string, field: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`);
  } catch {
    throw new InputError(field, pattern, 'a regular expression that JavaScript knows too');
  }
}
