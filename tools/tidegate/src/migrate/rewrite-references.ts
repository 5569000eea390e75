import { withoutMigrationTags } from './migration-tags';
import type { KeyValue } from './mlflow-records';

/** A run or logged model on two servers. */
export interface Moved {
  readonly to: string;
  /** Where its artifacts were, and where they are now. */
  readonly fromUri: string;
  readonly toUri: string;
}

/** What things of the old server are called on the new one; undefined: not there. */
export interface NewNames {
  run(id: string): Moved | undefined;
  model(id: string): Moved | undefined;
  experiment(id: string): string | undefined;
  version(name: string, version: string): string | undefined;
}

/** Of them, what tags refer to. */
export type IdNames = Pick<NewNames, 'run' | 'model' | 'experiment'>;

/** What a model version is made of on the new server. */
export interface NewSource {
  readonly source: string;
  readonly runId?: string;
  readonly modelId?: string;
}

/** The ids that MLflow makes: 32 hexadecimal digits, with `m-` before them for logged models. */
const ID = /\b(?:m-)?[0-9a-f]{32}\b/g;
/** Of a prompt: the experiments that use it, as `,1,4,`. */
const PROMPT_EXPERIMENTS = '_mlflow_experiment_ids';
const VERSION_SOURCE = /^models:\/+(?<name>[^/]+)\/(?<version>\d+)\/*$/;

/**
 * Puts new ids in place of old ones: in `mlflow.parentRunId` and in the JSON of `mlflow.log-model.history`, for
 * example. Tags that are not MLflow's own stay as they are; marks of an earlier import, which say where the old server got
 * it from, are left out.
 */
export function rewriteTags(tags: readonly KeyValue[], names: IdNames): KeyValue[] {
  return withoutMigrationTags(tags).map(({ key, value }) => ({ key, value: rewriteTag(key, value, names) }));
}

function rewriteTag(key: string, value: string, names: IdNames): string {
  if (key === PROMPT_EXPERIMENTS) return newExperiments(value, names);
  if (!key.startsWith('mlflow.')) return value;
  return value.replace(ID, (id) => (names.run(id) ?? names.model(id))?.to ?? id);
}

/** Without those that were not moved: their numbers are other experiments there. */
function newExperiments(value: string, names: IdNames): string {
  const moved = value.split(',').flatMap((id) => names.experiment(id) ?? []);
  return moved.length === 0 ? '' : `,${moved.join(',')},`;
}

/** Undefined when the source lies at no run, model or version that was moved. */
export function rewriteSource(source: string, names: NewNames): NewSource | undefined {
  const copy = VERSION_SOURCE.exec(source)?.groups;
  if (copy?.name !== undefined && copy.version !== undefined) {
    const version = names.version(copy.name, copy.version);
    return version === undefined ? undefined : { source: `models:/${copy.name}/${version}` };
  }
  for (const [id] of source.matchAll(ID)) {
    const run = names.run(id);
    const moved = run ?? names.model(id);
    const path = moved && relocated(source, id, moved);
    if (moved === undefined || path === undefined) continue;
    return { source: path, ...(run ? { runId: moved.to } : { modelId: moved.to }) };
  }
  return undefined;
}

function relocated(source: string, id: string, { to, fromUri, toUri }: Moved): string | undefined {
  const scheme = /^(runs|models):\/+/.exec(source)?.[0];
  if (scheme !== undefined) return source.startsWith(scheme + id) ? source.replace(id, to) : undefined;
  const root = fromUri.replace(/\/+$/, '');
  if (source !== root && !source.startsWith(`${root}/`)) return undefined;
  return toUri.replace(/\/+$/, '') + source.slice(root.length);
}
