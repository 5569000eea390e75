import type { KeyValue } from './mlflow-records';

/** What an import writes beside what it copies, so that it finds its own again; a validation passes over it. */
export const SOURCE_RUN = 'tidegate.migrate.source_run_id';
export const SOURCE_EXPERIMENT = 'tidegate.migrate.source_experiment_id';
export const SOURCE_MODEL = 'tidegate.migrate.source_model_id';
export const SOURCE_VERSION = 'tidegate.migrate.source_version';
/** A version made only to be deleted, so that the next one gets its old number. */
export const PLACEHOLDER = 'tidegate.migrate.placeholder';

const PREFIX = 'tidegate.migrate.';

export function withoutMigrationTags(tags: readonly KeyValue[]): readonly KeyValue[] {
  return tags.filter(({ key }) => !key.startsWith(PREFIX));
}
