import type { ImportContext } from './import-context';
import { isDeleted, type RunRecord } from './mlflow-records';
import { rewriteTags, type Moved } from './rewrite-references';

interface OpenRun {
  readonly source: RunRecord;
  readonly moved: Moved;
  points: number;
}

/** Fills the runs: params, tags, every metric point, datasets, models, files, times and status. */
export class RunImport {
  constructor(private readonly context: ImportContext) {}

  async import(sourceId: string): Promise<void> {
    const { folder, journal, names, writer, progress } = this.context;
    if (!journal.has('experiment', sourceId) || journal.has('experiment-done', sourceId)) return;
    let open: OpenRun | undefined;
    for await (const line of folder.experimentLines(sourceId)) {
      if (line.kind === 'run') {
        const moved = names.run(line.run.info.run_id);
        const isTodo = moved !== undefined && !journal.has('run-done', line.run.info.run_id);
        open = isTodo ? { source: line.run, moved, points: 0 } : undefined;
        if (open) await this.begin(open);
      }
      if (line.kind === 'metrics' && open) {
        const { moved } = open;
        open.points += line.points.length;
        progress.report(() => `importing run ${moved.to}: metric "${line.key}", ${open?.points} points`);
        const { key } = line;
        const metrics = line.points.map(([value, timestamp, step]) => ({ key, value, timestamp, step }));
        await writer.logMetrics(moved.to, metrics);
      }
      if (line.kind === 'end' && open) {
        await this.finish(open);
        open = undefined;
      }
    }
  }

  private async begin({ source, moved }: OpenRun): Promise<void> {
    const { reader, writer, names } = this.context;
    const existing = await reader.run(moved.to);
    if (isDeleted(existing.info.lifecycle_stage)) await writer.restoreRun(moved.to);
    await writer.logPairs(moved.to, 'params', source.data.params);
    await writer.logPairs(moved.to, 'tags', rewriteTags(source.data.tags, names));
    await this.linkModels(source, existing);
  }

  /** MLflow would write down a model twice when it is told of it again. */
  private async linkModels({ inputs, outputs }: RunRecord, existing: RunRecord): Promise<void> {
    const { writer, names } = this.context;
    const newId = (id: string): string => names.model(id)?.to ?? id;
    const knownInputs = new Set(existing.inputs.model_inputs.map(({ model_id }) => model_id));
    const knownOutputs = new Set(existing.outputs.model_outputs.map(({ model_id }) => model_id));
    await writer.logInputs(existing.info.run_id, {
      dataset_inputs: inputs.dataset_inputs,
      model_inputs: inputs.model_inputs
        .map(({ model_id }) => ({ model_id: newId(model_id) }))
        .filter(({ model_id }) => !knownInputs.has(model_id)),
    });
    await writer.logOutputs(existing.info.run_id, {
      model_outputs: outputs.model_outputs
        .map(({ model_id, step }) => ({ model_id: newId(model_id), step }))
        .filter(({ model_id }) => !knownOutputs.has(model_id)),
    });
  }

  private async finish({ source, moved }: OpenRun): Promise<void> {
    const { artifacts, writer, journal } = this.context;
    await artifacts.import('runs', source.info.run_id, moved.toUri);
    await writer.updateRun(moved.to, source.info);
    await journal.record({ kind: 'run-done', from: source.info.run_id });
  }
}
