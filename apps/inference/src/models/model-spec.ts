import type { ModelSelector } from './model-selector';

/** What MODELS says about one model: which version, and how it is served. */
export interface ModelSpec {
  readonly selector: ModelSelector;
  /** From 0 to 1: the share of another model's traffic that it runs in its shadow. Undefined: it answers requests itself. */
  readonly shadowShare: number | undefined;
  readonly execution: Execution;
  /** Worker threads; undefined: as many as the process has cores. */
  readonly workers: number | undefined;
  readonly log: ModelLogSpec;
}

export type Execution = (typeof EXECUTIONS)[number];
export const EXECUTIONS = ['auto', 'inline', 'worker'] as const;
export const LOG_INPUT_MODES = ['none', 'hash', 'full'] as const;

/** What of the predictions goes to the prediction log; undefined: as LOG_SAMPLE and LOG_INPUTS say. */
export interface ModelLogSpec {
  /** From 0 to 1. */
  readonly sample: number | undefined;
  readonly inputs: (typeof LOG_INPUT_MODES)[number] | undefined;
  /** Inputs that are never logged. */
  readonly redact: ReadonlySet<string>;
}

/** Served by itself with all defaults. */
export function plainSpec(selector: ModelSelector): ModelSpec {
  const log = { sample: undefined, inputs: undefined, redact: new Set<string>() };
  return { selector, shadowShare: undefined, execution: 'auto', workers: undefined, log };
}
