import type { IdNames } from './rewrite-references';
import { SOURCE_MODEL, SOURCE_RUN } from './migration-tags';
import { isDeleted, tagOf, type ExperimentRecord } from './mlflow-records';
import type { MigrateProgress } from './migrate-progress';
import type { MlflowReader } from './mlflow-reader';

/** Which things of the new server stand for which of the old one: by the tags of an import, else by the same id. */
export class TargetIndex implements IdNames {
  readonly experiments = new Map<string, ExperimentRecord>();
  /** Old id → new id. */
  readonly runs = new Map<string, string>();
  readonly models = new Map<string, string>();
  /** New id → old id. */
  private readonly oldRuns = new Map<string, string>();
  private readonly oldModels = new Map<string, string>();
  private readonly oldExperiments = new Map<string, string>();
  private readonly pairedExperiments = new Set<string>();
  /** New ids of deleted runs. */
  private readonly deleted = new Set<string>();

  /** Old id → new id of a further copy; one that was deleted, as too much, is not looked at. */
  readonly secondCopies = new Map<string, string>();

  /** The same for what the old server tells: it stays, but for experiments that have no counterpart. */
  readonly source: IdNames = {
    run: () => undefined,
    model: () => undefined,
    experiment: (id) => (this.pairedExperiments.has(id) ? id : undefined),
  };

  static async of(reader: MlflowReader, progress: MigrateProgress): Promise<TargetIndex> {
    const index = new TargetIndex();
    for await (const experiment of reader.experiments()) {
      index.experiments.set(experiment.name, experiment);
      for await (const { info, data } of reader.runs(experiment.experiment_id)) {
        const source = tagOf(data.tags, SOURCE_RUN) ?? info.run_id;
        index.oldRuns.set(info.run_id, source);
        if (isDeleted(info.lifecycle_stage)) index.deleted.add(info.run_id);
        index.pair(index.runs, source, info.run_id);
        progress.report(() => `listing the runs of ${reader.url}: ${index.runs.size}`);
      }
      for await (const { info } of reader.loggedModels(experiment.experiment_id)) {
        const source = tagOf(info.tags, SOURCE_MODEL) ?? info.model_id;
        index.oldModels.set(info.model_id, source);
        index.pair(index.models, source, info.model_id);
      }
    }
    return index;
  }

  pairExperiment(oldId: string, newId: string): void {
    this.oldExperiments.set(newId, oldId);
    this.pairedExperiments.add(oldId);
  }

  run(id: string) {
    return moved(this.oldRuns.get(id));
  }

  model(id: string) {
    return moved(this.oldModels.get(id));
  }

  experiment(id: string): string | undefined {
    return this.oldExperiments.get(id);
  }

  private pair(toNew: Map<string, string>, source: string, id: string): void {
    const other = toNew.get(source);
    if (other === undefined || this.deleted.has(other)) toNew.set(source, id);
    else if (!this.deleted.has(id)) this.secondCopies.set(source, id);
  }
}

function moved(id: string | undefined) {
  return id === undefined ? undefined : { to: id, fromUri: '', toUri: '' };
}
