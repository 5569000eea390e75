import { OwnedFiles } from './artifact-facts';
import { historyFact, loggedModelFacts, runFacts, type Facts } from './facts';
import type { LoggedModelRecord, MetricRecord, RunRecord } from './mlflow-records';
import type { MigrateProgress } from './migrate-progress';
import type { MlflowReader } from './mlflow-reader';
import type { IdNames } from './rewrite-references';

/** A run or logged model on one of two servers. */
export interface ComparedSide {
  /** What a few calls tell: every field, the last point of each metric, names and sizes of files. */
  readonly outline: Facts;
  /** Everything: whole histories, and checksums unless only sizes are wanted. */
  read(): Promise<Facts>;
}

export interface ReadingOptions {
  /** False: sizes of files only. */
  readonly checksums: boolean;
  readonly progress: MigrateProgress;
}

export async function runSide(
  reader: MlflowReader,
  run: RunRecord,
  names: IdNames,
  options: ReadingOptions,
): Promise<ComparedSide> {
  const { run_id: id, artifact_uri: uri } = run.info;
  const facts = runFacts(run, names);
  const files = await OwnedFiles.of(reader, { kind: 'runs', id, uri });
  const lastPoints = run.data.metrics.map((last) => [`metric ${last.key}`, historyFact([last])] as const);
  return {
    outline: new Map([...facts, ...lastPoints, ...files.sizes]),
    read: async () => {
      const histories: Facts = new Map();
      for (const { key } of run.data.metrics)
        histories.set(`metric ${key}`, await wholeHistory(reader, id, key));
      return new Map([...facts, ...histories, ...(await fileFacts(files, options))]);
    },
  };
}

export async function loggedModelSide(
  reader: MlflowReader,
  model: LoggedModelRecord,
  names: IdNames,
  options: ReadingOptions,
): Promise<ComparedSide> {
  const { model_id: id, artifact_uri: uri } = model.info;
  const facts = loggedModelFacts(model, names);
  const files = await OwnedFiles.of(reader, { kind: 'models', id, uri });
  return {
    outline: new Map([...facts, ...files.sizes]),
    read: async () => new Map([...facts, ...(await fileFacts(files, options))]),
  };
}

async function wholeHistory(reader: MlflowReader, runId: string, key: string): Promise<string> {
  const points: MetricRecord[] = [];
  for await (const page of reader.metricHistory(runId, key)) for (const point of page) points.push(point);
  return historyFact(points);
}

async function fileFacts(files: OwnedFiles, { checksums, progress }: ReadingOptions): Promise<Facts> {
  return checksums ? files.contents(progress) : files.sizes;
}
