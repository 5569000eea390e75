import type { ExportedVersion } from './export-records';
import type { ImportContext } from './import-context';
import { SOURCE_VERSION } from './migration-tags';
import { isPrompt, tagOf, type ModelVersionRecord } from './mlflow-records';
import { rewriteTags, type NewSource } from './rewrite-references';

const PROMPT_TEXT = 'mlflow.prompt.text';

/** The one that an earlier call made of a version. The number that it is marked with may be one of yet another server. */
export function findEarlier(
  versions: readonly ModelVersionRecord[],
  version: ExportedVersion,
  { source }: NewSource,
): ModelVersionRecord | undefined {
  const text = tagOf(version.tags, PROMPT_TEXT);
  return versions.find(
    (other) =>
      tagOf(other.tags, SOURCE_VERSION) === version.version &&
      (isPrompt(version.tags) ? tagOf(other.tags, PROMPT_TEXT) === text : other.source === source),
  );
}

/** Gives it the stage, description and tags of the export: the earlier call may have been interrupted. */
export async function refreshEarlier(
  { writer, names }: ImportContext,
  { name, version, tags, description, current_stage }: ModelVersionRecord,
  source: ExportedVersion,
): Promise<void> {
  const changed = rewriteTags(source.tags, names).filter(({ key, value }) => tagOf(tags, key) !== value);
  await writer.tagVersion(name, version, changed);
  if (description !== source.description) await writer.describeVersion(name, version, source.description);
  if (current_stage !== source.current_stage) await writer.setStage(name, version, source.current_stage);
}
