import type { ImportContext } from './import-context';
import { isDeleted, type ExperimentRecord } from './mlflow-records';

/** A sentence for each experiment that is deleted on the old server only, also when an earlier call found it so. */
export async function keptExperiments({ folder, journal, reader }: ImportContext): Promise<string[]> {
  const kept: string[] = [];
  for (const id of await folder.experimentIds()) {
    const mapped = journal.find('experiment', id)?.to;
    if (mapped === undefined) continue;
    let source: ExperimentRecord | undefined;
    for await (const line of folder.experimentLines(id)) {
      if (line.kind === 'experiment') source = line.experiment;
      break;
    }
    if (source === undefined || !isDeleted(source.lifecycle_stage)) continue;
    const target = await reader.experiment(mapped);
    if (target !== undefined && !isDeleted(target.lifecycle_stage))
      kept.push(
        `Experiment "${source.name}" is deleted on the old server and stays active on the new one, where it is not of the import alone: of its runs, those that were imported are deleted.`,
      );
  }
  return kept;
}
