import { Option } from 'commander';
import { optionName } from '../arguments.js';
import { lazyProgress } from '../../base/progress.js';

/** The options that a model or adapter, or a data file, of the hub may be given to by its id, and what each holds. */
const inputs = {
  model: 'model',
  adapter: 'model',
  reference: 'model',
  sft: 'data',
  preferences: 'data',
  evaluationSft: 'data',
  evaluationPreferences: 'data',
} as const;

/** The option that says where downloads are kept. */
export function hubCacheOption(): Option {
  return new Option('--hub-cache <folder>', 'where models and data of the HF hub are kept').default('.cache/hub');
}

/**
 * The options with ids of the HF hub replaced by paths on this machine, downloaded where need be; a path that exists
 * stays. HF_ENDPOINT and HF_TOKEN name another hub and an account.
 * Throws an InputError where the hub cannot be reached or does not have it.
 */
export async function withLocalInputs<Options extends { readonly hubCache: string }>(
  options: Options,
): Promise<Options> {
  const { hubOfEnvironment } = await import('../../llm/hub/hub.js');
  const { dataPath, modelPath } = await import('../../llm/hub/paths.js');
  const given = new Map<string, unknown>(Object.entries(options));
  for (const [name, kind] of Object.entries(inputs)) {
    const local = async (text: string): Promise<string> => {
      const bar = lazyProgress(`download of ${text}`);
      const hub = hubOfEnvironment({
        cache: options.hubCache,
        onProgress: bar.update,
        onNote: (line) => process.stderr.write(`${line}\n`),
      });
      try {
        return await (kind === 'model' ? modelPath : dataPath)(text, optionName(name), hub);
      } finally {
        bar.stop();
      }
    };
    const value = given.get(name);
    if (typeof value === 'string') given.set(name, await local(value));
    if (!Array.isArray(value)) continue;
    const paths: string[] = [];
    for (const text of value as string[]) paths.push(await local(text));
    given.set(name, paths);
  }
  return Object.fromEntries(given) as Options;
}
