import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson } from '../../base/json-file.js';
import { isFinishedFolder } from '../results/contents.js';
import { settingsFile } from '../results/run-folder.js';
import { modelDigest } from './reference-policy.js';

/**
 * A line where an adapter is of a run that began from other files than those of the model: its numbers are those of a
 * model that nobody trained. Adapters from elsewhere say no more of their base than a path. Undefined where there is
 * nothing to say.
 */
export async function otherBase(model: string, adapter: string): Promise<string | undefined> {
  const path = join(adapter, settingsFile);
  if (!isFinishedFolder(adapter) || !existsSync(path)) return undefined;
  const settings = parseJson(path);
  if (typeof settings !== 'object' || settings === null || !('model' in settings)) return undefined;
  if (typeof settings.model !== 'string' || settings.model === (await modelDigest(model))) return undefined;
  return `warning: the adapter ${adapter} was trained on a model of other files than those of ${model}`;
}
