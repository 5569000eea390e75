import type { KeyValue } from './mlflow-records';

/**
 * The tags of a logged model without the one in which MLflow notes which versions were made of it, also those that are
 * deleted since: the server writes it by itself, and the versions tell the same.
 */
export function withoutModelVersions(tags: readonly KeyValue[]): readonly KeyValue[] {
  return tags.filter(({ key }) => key !== 'mlflow.modelVersions');
}
