/** A repository of the HF hub, as a command line names it. */
export interface HubIdentifier {
  readonly kind: 'model' | 'dataset';
  /** organisation/name */
  readonly name: string;
  /** A branch, tag or commit. */
  readonly revision: string;
  /** The file of a dataset, where one is named. */
  readonly file?: string;
}

const word = String.raw`[A-Za-z0-9][\w.-]*`;
const model = new RegExp(`^(?<name>${word}/${word})(@(?<revision>[^@:]+))?$`);
const dataset = new RegExp(`^(?<name>${word}/${word})(@(?<revision>[^@:]+))?(:(?<file>[^:]+))?$`);

/**
 * The identifier in a text, org/name or org/name@revision and for a dataset also org/name:file; undefined for other
 * texts, and for those that end like a data or model file: a path that does not exist.
 */
export function parseIdentifier(text: string, kind: HubIdentifier['kind']): HubIdentifier | undefined {
  const groups = (kind === 'model' ? model : dataset).exec(text)?.groups;
  if (groups === undefined || /\.(jsonl?|parquet|bin|safetensors|gz)$/.test(groups.name)) return undefined;
  const { name, revision = 'main', file } = groups as { name: string; revision?: string; file?: string };
  return { kind, name, revision, ...(file !== undefined && { file }) };
}
