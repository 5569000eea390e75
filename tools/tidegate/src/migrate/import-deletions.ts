import type { ImportContext } from './import-context';
import { SOURCE_EXPERIMENT } from './migration-tags';
import { isDeleted, tagOf } from './mlflow-records';

/** The last step: what was deleted on the old server is deleted on the new one; until then it could not be written to. */
export async function importDeletions(context: ImportContext, sourceId: string): Promise<void> {
  const { folder, journal, names, reader, writer } = context;
  const experimentId = journal.find('experiment', sourceId)?.to;
  if (experimentId === undefined || journal.has('experiment-done', sourceId)) return;
  let isExperimentDeleted = false;
  const imported = new Set<string>();
  for await (const line of folder.experimentLines(sourceId)) {
    if (line.kind === 'experiment') isExperimentDeleted = isDeleted(line.experiment.lifecycle_stage);
    const runId = line.kind === 'run' ? names.run(line.run.info.run_id)?.to : undefined;
    if (line.kind !== 'run' || runId === undefined) continue;
    imported.add(runId);
    if (!isExperimentDeleted && !isDeleted(line.run.info.lifecycle_stage)) continue;
    const { info } = await reader.run(runId);
    if (!isDeleted(info.lifecycle_stage)) await writer.deleteRun(runId);
  }
  if (isExperimentDeleted && (await isOursAlone(context, sourceId, experimentId, imported)))
    await writer.deleteExperiment(experimentId);
  await journal.record({ kind: 'experiment-done', from: sourceId });
}

/** MLflow deletes an experiment with all its runs: one that somebody else uses stays. False also when it is deleted already. */
async function isOursAlone(
  { reader }: ImportContext,
  sourceId: string,
  experimentId: string,
  imported: ReadonlySet<string>,
): Promise<boolean> {
  const experiment = await reader.experiment(experimentId);
  if (experiment === undefined || isDeleted(experiment.lifecycle_stage)) return false;
  if (tagOf(experiment.tags, SOURCE_EXPERIMENT) !== sourceId) return false;
  for await (const { info } of reader.runs(experimentId)) if (!imported.has(info.run_id)) return false;
  return true;
}
