import { createHash } from 'node:crypto';
import type { KeyValue, LoggedModelRecord, MetricRecord, RunRecord } from './mlflow-records';
import { withoutModelVersions } from './model-versions-tag';
import { rewriteTags, type IdNames } from './rewrite-references';

/** What can be said about a thing, a line each: two things are equal when their facts are. */
export type Facts = Map<string, string>;

export interface Difference {
  /** Such as `run 8f… "lr=0.1" of experiment "digits"`. */
  readonly what: string;
  /** Such as `param lr`. */
  readonly field: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

export function differencesOf(what: string, from: Facts, to: Facts): Difference[] {
  const fields = new Set([...from.keys(), ...to.keys()]);
  return [...fields]
    .filter((field) => from.get(field) !== to.get(field))
    .map((field) => ({ what, field, from: from.get(field), to: to.get(field) }));
}

/** Of what a run is answered with; metrics and files are to be added. */
export function runFacts({ info, data, inputs, outputs }: RunRecord, names: IdNames): Facts {
  const model = (id: string): string => names.model(id)?.to ?? id;
  return new Map([
    ['name', info.run_name],
    ['user', info.user_id],
    ['status', info.status],
    ['start time', String(info.start_time)],
    ['end time', String(info.end_time)],
    ['stage', info.lifecycle_stage],
    ...pairFacts('param', data.params),
    ...tagFacts(data.tags, names),
    ...inputs.dataset_inputs.map(({ dataset, tags }) => {
      const sorted = [...tags].sort((one, other) => (one.key < other.key ? -1 : 1));
      return [`dataset ${dataset.name} ${dataset.digest}`, JSON.stringify([dataset, sorted])] as const;
    }),
    ...inputs.model_inputs.map(({ model_id }) => [`input model ${model(model_id)}`, 'linked'] as const),
    ...outputs.model_outputs.map(
      ({ model_id, step }) => [`output model ${model(model_id)}`, `step ${step}`] as const,
    ),
  ]);
}

export function loggedModelFacts({ info, data }: LoggedModelRecord, names: IdNames): Facts {
  const run = (id: string): string => names.run(id)?.to ?? id;
  const metrics = data.metrics.map(({ run_id = '', ...metric }) =>
    JSON.stringify([
      run(run_id),
      metric.key,
      metric.value,
      metric.timestamp,
      metric.step,
      metric.dataset_name,
      metric.dataset_digest,
    ]),
  );
  return new Map([
    ['name', info.name],
    ['type', info.model_type],
    ['status', info.status],
    ['run', run(info.source_run_id)],
    ...pairFacts('param', data.params),
    ...tagFacts(withoutModelVersions(info.tags), names),
    ['metrics', `${metrics.length}, SHA-256 ${digest(metrics)}`],
  ]);
}

export function tagFacts(tags: readonly KeyValue[], names: IdNames): (readonly [string, string])[] {
  return pairFacts('tag', rewriteTags(tags, names));
}

/** Of one metric's whole history: a database keeps a point once, so one that a file store holds twice counts once. */
export function historyFact(points: Iterable<MetricRecord>): string {
  const lines = new Set<string>();
  for (const { step, timestamp, value } of points) lines.add(`${step} ${timestamp} ${value}`);
  return `${lines.size} points, SHA-256 ${digest(lines)}`;
}

function pairFacts(kind: string, pairs: readonly KeyValue[]): (readonly [string, string])[] {
  return pairs.map(({ key, value }) => [`${kind} ${key}`, value] as const);
}

function digest(lines: Iterable<string>): string {
  const hash = createHash('sha256');
  for (const line of [...lines].sort()) hash.update(`${line}\n`);
  return hash.digest('hex');
}
