import { snakeCase } from './field-rules';
import type { RequestSubject } from './route-table';

const SHOWN_LENGTH = 256;

/** Fields with ids, and what the audit line calls them. Values that are written are not among them. */
const DETAILS: ReadonlyMap<string, string> = new Map([
  ['experiment_id', 'experiment'],
  ['run_id', 'run'],
  ['run_uuid', 'run'],
  ['trace_id', 'trace'],
  ['assessment_id', 'assessment'],
  ['model_id', 'loggedModel'],
  ['version', 'version'],
  ['alias', 'alias'],
  ['stage', 'stage'],
  ['key', 'key'],
  ['tag_key', 'key'],
  ['path', 'path'],
  ['artifact_path', 'path'],
]);

/**
 * What a request is about.
 *
 * @param fields of its path and query or body, checked before
 * @param isAboutModels whether `name` is that of a registered model
 */
export function requestSubject(
  fields: readonly (readonly [name: string, value: unknown])[],
  isAboutModels: boolean,
): RequestSubject {
  const details: Record<string, string> = {};
  const models: string[] = [];
  for (const [key, value] of fields) {
    if (typeof value !== 'string') continue;
    const name = snakeCase(key);
    const label = DETAILS.get(name);
    if (label !== undefined && value !== '') details[label] ??= value.slice(0, SHOWN_LENGTH);
    if (name === 'name' || name === 'new_name') models.push(value);
    if (name === 'source') models.push(...sourceModel(value));
  }
  return isAboutModels ? { models, details } : { details };
}

/** A version can be made from one of another model: then the request is about that one, too. */
function sourceModel(source: string): string[] {
  const [, name] = /^models:\/([^/@]+)[/@]/.exec(source) ?? [];
  return name === undefined ? [] : [name];
}
