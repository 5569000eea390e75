import type { ModelLogSpec } from '../models/model-spec';

/** What of a model's predictions goes to the log. */
export interface EventPolicy {
  /** The share of requests, from 0 to 1. */
  readonly sample: number;
  readonly inputs: 'none' | 'hash' | 'full';
  /** Fields of an instance that are never logged. */
  readonly redact: ReadonlySet<string>;
}

/** The model's own settings, else those of the process. */
export function eventPolicyOf(
  { sample, inputs, redact }: ModelLogSpec,
  defaults: Pick<EventPolicy, 'sample' | 'inputs'>,
): EventPolicy {
  return { sample: sample ?? defaults.sample, inputs: inputs ?? defaults.inputs, redact };
}
