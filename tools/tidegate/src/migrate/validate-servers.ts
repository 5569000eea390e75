import { artifactFacts } from './artifact-facts';
import {
  differencesOf,
  historyFact,
  loggedModelFacts,
  runFacts,
  tagFacts,
  type Difference,
  type Facts,
  type IdNames,
} from './facts';
import {
  isDeleted,
  tagOf,
  type ExperimentRecord,
  type LoggedModelRecord,
  type MetricRecord,
  type RunRecord,
} from './mlflow-records';
import type { MigrateProgress } from './migrate-progress';
import type { MlflowReader } from './mlflow-reader';
import { TargetIndex } from './target-index';
import { validateModels } from './validate-models';

export interface ValidationOptions {
  readonly skipsDeleted: boolean;
  /** False: sizes of files only. */
  readonly checksums: boolean;
  readonly progress: MigrateProgress;
}

/** What was compared, of the old server. */
export interface ValidationOutcome {
  readonly experiments: number;
  readonly runs: number;
  readonly metrics: number;
  readonly loggedModels: number;
  readonly registeredModels: number;
  readonly modelVersions: number;
  readonly files: number;
  readonly differences: readonly Difference[];
}

const SAME: IdNames = { run: () => undefined, model: () => undefined };
const THERE = { field: 'itself', from: 'there', to: undefined };

/** Compares two servers thing by thing; what only the new one has is not looked at. */
export class ServerValidation {
  private readonly counts = { experiments: 0, runs: 0, metrics: 0, loggedModels: 0, files: 0 };
  private readonly differences: Difference[] = [];
  private index = new TargetIndex();

  constructor(
    private readonly from: MlflowReader,
    private readonly to: MlflowReader,
    private readonly options: ValidationOptions,
  ) {}

  async run(): Promise<ValidationOutcome> {
    await this.from.version();
    this.index = await TargetIndex.of(this.to);
    for await (const experiment of this.from.experiments())
      if (!this.isSkipped(experiment.lifecycle_stage)) await this.validateExperiment(experiment);
    const models = await validateModels(this.from, this.to, this.index);
    return {
      ...this.counts,
      registeredModels: models.models,
      modelVersions: models.versions,
      differences: [...this.differences, ...models.differences],
    };
  }

  private isSkipped(stage: string): boolean {
    return this.options.skipsDeleted && isDeleted(stage);
  }

  private async validateExperiment(experiment: ExperimentRecord): Promise<void> {
    this.counts.experiments += 1;
    const what = `experiment "${experiment.name}"`;
    const target = this.index.experiments.get(experiment.name);
    if (target === undefined) {
      this.differences.push({ what, ...THERE });
      return;
    }
    const facts = (one: ExperimentRecord, names: IdNames): Facts => {
      const tags = one.tags.filter(({ key }) => tagOf(experiment.tags, key) !== undefined);
      return new Map([['stage', one.lifecycle_stage], ...tagFacts(tags, names)]);
    };
    this.differences.push(...differencesOf(what, facts(experiment, SAME), facts(target, this.index)));
    for await (const run of this.from.runs(experiment.experiment_id))
      if (!this.isSkipped(run.info.lifecycle_stage)) await this.validateRun(run, what);
    for await (const model of this.from.loggedModels(experiment.experiment_id))
      await this.validateLoggedModel(model, what);
  }

  private async validateRun(run: RunRecord, where: string): Promise<void> {
    this.counts.runs += 1;
    const { run_id: id, run_name } = run.info;
    const what = `run ${id} "${run_name}" of ${where}`;
    this.options.progress.report(() => `validating ${what}`);
    const targetId = this.index.runs.get(id);
    if (targetId === undefined) {
      this.differences.push({ what, ...THERE });
      return;
    }
    const [from, to] = await Promise.all([
      this.wholeRun(this.from, run, SAME),
      this.wholeRun(this.to, await this.to.run(targetId), this.index),
    ]);
    this.counts.metrics += run.data.metrics.length;
    this.add(what, from, to);
  }

  private async wholeRun(reader: MlflowReader, run: RunRecord, names: IdNames): Promise<Facts> {
    const facts = runFacts(run, names);
    const { run_id: id, artifact_uri: uri } = run.info;
    for (const { key } of run.data.metrics) {
      const points: MetricRecord[] = [];
      for await (const page of reader.metricHistory(id, key)) for (const point of page) points.push(point);
      facts.set(`metric ${key}`, historyFact(points));
    }
    const files = await artifactFacts(reader, { kind: 'runs', id, uri }, this.options);
    return new Map([...facts, ...files]);
  }

  private async validateLoggedModel(model: LoggedModelRecord, where: string): Promise<void> {
    this.counts.loggedModels += 1;
    const { model_id: id, name } = model.info;
    const what = `logged model ${id} "${name}" of ${where}`;
    const targetId = this.index.models.get(id);
    if (targetId === undefined) {
      this.differences.push({ what, ...THERE });
      return;
    }
    const [from, to] = await Promise.all([
      this.wholeModel(this.from, model, SAME),
      this.wholeModel(this.to, await this.to.loggedModel(targetId), this.index),
    ]);
    this.add(what, from, to);
  }

  private async wholeModel(reader: MlflowReader, model: LoggedModelRecord, names: IdNames): Promise<Facts> {
    const { model_id: id, artifact_uri: uri } = model.info;
    const files = await artifactFacts(reader, { kind: 'models', id, uri }, this.options);
    return new Map([...loggedModelFacts(model, names), ...files]);
  }

  private add(what: string, from: Facts, to: Facts): void {
    for (const field of from.keys()) if (field.startsWith('artifact ')) this.counts.files += 1;
    this.differences.push(...differencesOf(what, from, to));
  }
}
