import { EXECUTIONS, LOG_INPUT_MODES, type ModelLogSpec, type ModelSpec } from './model-spec';

/** What the options after a model may change. */
export type ModelOptions = Partial<Omit<ModelSpec, 'selector' | 'log'>> & {
  readonly log?: Partial<ModelLogSpec>;
};

/** What an option gives, or what was expected instead. */
type OptionResult = ModelOptions | { readonly expected: string };

const MAX_WORKERS = 64;

const READERS: Readonly<Record<string, (text: string) => OptionResult>> = {
  shadow: (text) => {
    const shadowShare = numberIn(text.replace(/%$/, ''), 0, 100);
    if (shadowShare === undefined || !text.endsWith('%')) {
      return { expected: 'a share of the traffic from 0% to 100%, as in shadow=10%' };
    }
    return { shadowShare: shadowShare / 100 };
  },
  execution: (text) => {
    const execution = EXECUTIONS.find((known) => known === text);
    return execution === undefined ? { expected: EXECUTIONS.join(', ') } : { execution };
  },
  workers: (text) => {
    const workers = numberIn(text, 1, MAX_WORKERS);
    return workers === undefined || !Number.isInteger(workers)
      ? { expected: `a whole number from 1 to ${MAX_WORKERS}` }
      : { workers };
  },
  logSample: (text) => {
    const sample = numberIn(text, 0, 1);
    return sample === undefined
      ? { expected: 'a number from 0 to 1, as in logSample=0.25' }
      : { log: { sample } };
  },
  logInputs: (text) => {
    const inputs = LOG_INPUT_MODES.find((known) => known === text);
    return inputs === undefined ? { expected: LOG_INPUT_MODES.join(', ') } : { log: { inputs } };
  },
  redact: (text) => {
    const redact = text.split('|').map((field) => field.trim());
    const expected = 'names of fields, as in redact=name|birthday';
    return redact.includes('') ? { expected } : { log: { redact: new Set(redact) } };
  },
};

/** Reads `shadow=10%`, `execution=worker`, …; what is wrong goes to `problems`. */
export function parseModelOptions(texts: readonly string[], problems: string[]): ModelOptions {
  let options: ModelOptions = {};
  const seen = new Set<string>();
  for (const text of texts) {
    const [key = '', ...rest] = text.split('=');
    const value = rest.join('=').trim();
    const read = Object.hasOwn(READERS, key.trim()) ? READERS[key.trim()] : undefined;
    if (read === undefined) {
      const known = Object.keys(READERS).map((name) => `${name}=…`);
      problems.push(`expected ${known.join(', ')} after ";", got ${JSON.stringify(text)}`);
      continue;
    }
    if (seen.has(key.trim())) problems.push(`${key.trim()} is given twice; expected it once`);
    seen.add(key.trim());
    const result = read(value);
    if ('expected' in result) {
      problems.push(`${key.trim()}: expected ${result.expected}, got ${JSON.stringify(value)}`);
    } else options = { ...options, ...result, log: { ...options.log, ...result.log } };
  }
  return options;
}

function numberIn(text: string, min: number, max: number): number | undefined {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  return value >= min && value <= max ? value : undefined;
}
