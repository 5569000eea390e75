import type { ImportContext } from './import-context';
import { SOURCE_EXPERIMENT, SOURCE_RUN } from './migration-tags';
import { isDeleted, tagOf, type ExperimentRecord } from './mlflow-records';

/** Gives the experiment of an earlier import the name that it has on the old server since; undefined: there is none. */
export async function takeRenamed(
  context: ImportContext,
  source: ExperimentRecord,
): Promise<ExperimentRecord | undefined> {
  const found = await findEarlier(context, source.experiment_id);
  if (found === undefined) return undefined;
  const { experiment_id, lifecycle_stage } = found;
  if (isDeleted(lifecycle_stage)) await context.writer.restoreExperiment(experiment_id);
  await context.writer.renameExperiment(experiment_id, source.name);
  return { ...found, name: source.name, lifecycle_stage: 'active' };
}

/** The number that it is marked with may be one of yet another server, so one of its runs must be of the export, too. */
async function findEarlier(
  { folder, reader }: ImportContext,
  sourceId: string,
): Promise<ExperimentRecord | undefined> {
  const filter = `tags.\`${SOURCE_EXPERIMENT}\` = '${sourceId}'`;
  let sourceRuns: ReadonlySet<string> | undefined;
  for await (const candidate of reader.experiments(filter)) {
    sourceRuns ??= await runsOf(folder, sourceId);
    for await (const { data } of reader.runs(candidate.experiment_id))
      if (sourceRuns.has(tagOf(data.tags, SOURCE_RUN) ?? '')) return candidate;
  }
  return undefined;
}

async function runsOf(folder: ImportContext['folder'], sourceId: string): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for await (const line of folder.experimentLines(sourceId))
    if (line.kind === 'run') ids.add(line.run.info.run_id);
  return ids;
}
