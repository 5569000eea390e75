import { loggedModelSide, runSide, type ComparedSide, type ReadingOptions } from './compared-side';
import { differencesOf, tagFacts, type Difference, type Facts } from './facts';
import {
  isDeleted,
  tagOf,
  type ExperimentRecord,
  type LoggedModelRecord,
  type RunRecord,
} from './mlflow-records';
import type { MlflowReader } from './mlflow-reader';
import type { IdNames } from './rewrite-references';
import { TargetIndex } from './target-index';
import { validateModels } from './validate-models';
import type { ValidationJournal } from './validation-journal';

export interface ValidationOptions extends ReadingOptions {
  readonly skipsDeleted: boolean;
  readonly journal: ValidationJournal;
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
  /** Runs and logged models whose histories and files an earlier call has read, at that time or later. */
  readonly provenEarlier?: { readonly things: number; readonly since: string };
  readonly differences: readonly Difference[];
}

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
    this.index = await TargetIndex.of(this.to, this.options.progress);
    for await (const experiment of this.from.experiments())
      if (!this.isSkipped(experiment.lifecycle_stage)) await this.validateExperiment(experiment);
    const models = await validateModels(this.from, this.to, this.index);
    const differences = [...this.differences, ...models.differences];
    const { journal } = this.options;
    if (differences.length === 0) await journal.remove();
    return {
      ...this.counts,
      registeredModels: models.models,
      modelVersions: models.versions,
      ...(journal.earlier && { provenEarlier: journal.earlier }),
      differences,
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
    this.index.pairExperiment(experiment.experiment_id, target.experiment_id);
    const facts = (one: ExperimentRecord, names: IdNames): Facts => {
      const tags = one.tags.filter(({ key }) => tagOf(experiment.tags, key) !== undefined);
      return new Map([['stage', one.lifecycle_stage], ...tagFacts(tags, names)]);
    };
    this.differences.push(
      ...differencesOf(what, facts(experiment, this.index.source), facts(target, this.index)),
    );
    for await (const run of this.from.runs(experiment.experiment_id))
      if (!this.isSkipped(run.info.lifecycle_stage)) await this.validateRun(run.info, what);
    for await (const model of this.from.loggedModels(experiment.experiment_id))
      await this.validateLoggedModel(model, what);
  }

  private async validateRun({ run_id: id, run_name }: RunRecord['info'], where: string): Promise<void> {
    this.counts.runs += 1;
    const what = `run ${id} "${run_name}" of ${where}`;
    const { runs } = this.index;
    this.options.progress.report(() => `validating ${what} (${this.counts.runs} of about ${runs.size})`);
    const targetId = runs.get(id);
    if (targetId === undefined) {
      this.differences.push({ what, ...THERE });
      return;
    }
    const run = await this.from.run(id);
    const sides = await Promise.all([
      runSide(this.from, run, this.index.source, this.options),
      runSide(this.to, await this.to.run(targetId), this.index, this.options),
    ]);
    this.requireOne(id, what);
    this.counts.metrics += run.data.metrics.length;
    await this.compare({ kind: 'runs', id, targetId, what }, sides);
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
    const sides = await Promise.all([
      loggedModelSide(this.from, model, this.index.source, this.options),
      loggedModelSide(this.to, await this.to.loggedModel(targetId), this.index, this.options),
    ]);
    this.requireOne(id, what);
    await this.compare({ kind: 'models', id, targetId, what }, sides);
  }

  private requireOne(id: string, what: string): void {
    const to = this.index.secondCopies.get(id);
    if (to !== undefined) this.differences.push({ what, field: 'second copy', from: undefined, to });
  }

  /** Reads both sides whole, unless an earlier call did and their outlines are what they were. */
  private async compare(
    { kind, id, targetId, what }: ComparedThing,
    [from, to]: readonly [ComparedSide, ComparedSide],
  ): Promise<void> {
    for (const field of from.outline.keys()) if (field.startsWith('artifact ')) this.counts.files += 1;
    const { journal } = this.options;
    const outline = JSON.stringify([targetId, [...from.outline].sort(), [...to.outline].sort()]);
    const proof = { kind, from: id, outline };
    if (journal.isProven(proof)) return;
    const differences = differencesOf(what, ...(await Promise.all([from.read(), to.read()])));
    this.differences.push(...differences);
    if (differences.length === 0) await journal.record(proof);
  }
}

interface ComparedThing {
  readonly kind: 'runs' | 'models';
  readonly id: string;
  readonly targetId: string;
  readonly what: string;
}
