import type { IdNames } from './rewrite-references';
import { SOURCE_MODEL, SOURCE_RUN } from './migration-tags';
import { tagOf, type ExperimentRecord } from './mlflow-records';
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
        pair(index.runs, index.oldRuns, info.run_id, tagOf(data.tags, SOURCE_RUN));
        progress.report(() => `listing the runs of ${reader.url}: ${index.runs.size}`);
      }
      for await (const { info } of reader.loggedModels(experiment.experiment_id))
        pair(index.models, index.oldModels, info.model_id, tagOf(info.tags, SOURCE_MODEL));
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
}

function pair(toNew: Map<string, string>, toOld: Map<string, string>, id: string, source = id): void {
  toNew.set(source, id);
  toOld.set(id, source);
}

function moved(id: string | undefined) {
  return id === undefined ? undefined : { to: id, fromUri: '', toUri: '' };
}
