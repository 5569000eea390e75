import type { ImportContext } from './import-context';
import { isDeleted } from './mlflow-records';

/** The last step: what was deleted on the old server is deleted on the new one; until then it could not be written to. */
export async function importDeletions(context: ImportContext, sourceId: string): Promise<void> {
  const { folder, journal, names, reader, writer } = context;
  const experimentId = journal.find('experiment', sourceId)?.to;
  if (experimentId === undefined || journal.has('experiment-done', sourceId)) return;
  let isExperimentDeleted = false;
  for await (const line of folder.experimentLines(sourceId)) {
    if (line.kind === 'experiment') isExperimentDeleted = isDeleted(line.experiment.lifecycle_stage);
    if (line.kind !== 'run' || !isDeleted(line.run.info.lifecycle_stage)) continue;
    const runId = names.run(line.run.info.run_id)?.to;
    if (runId === undefined) continue;
    const { info } = await reader.run(runId);
    if (!isDeleted(info.lifecycle_stage)) await writer.deleteRun(runId);
  }
  if (isExperimentDeleted) {
    const experiment = await reader.experiment(experimentId);
    if (experiment && !isDeleted(experiment.lifecycle_stage)) await writer.deleteExperiment(experimentId);
  }
  await journal.record({ kind: 'experiment-done', from: sourceId });
}
