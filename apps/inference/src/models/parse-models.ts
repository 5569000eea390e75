import { parseModelOptions } from './model-options';
import { parseModelSelector } from './model-selector';
import { type ModelSpec, plainSpec } from './model-spec';

export interface ParsedModels {
  readonly specs: readonly ModelSpec[];
  /** What is wrong, each with what was expected. */
  readonly problems: readonly string[];
}

/**
 * Reads MODELS: `digits@production,digits@challenger;shadow=10%`. Models are separated by commas, the options of a model
 * follow it after semicolons.
 */
export function parseModels(text: string): ParsedModels {
  const entries = text.split(',').filter((entry) => entry.trim() !== '');
  const problems: string[] = [];
  const specs = entries.flatMap((entry) => {
    const found: string[] = [];
    const spec = parseModel(entry, found);
    problems.push(...found.map((problem) => `${JSON.stringify(entry.trim())}: ${problem}`));
    return spec ?? [];
  });
  if (entries.length === 0) {
    problems.push('expected at least one model: name@alias, name/version, name/latest or name/stage');
  }
  problems.push(...repeated(specs), ...unchallenged(specs));
  return { specs, problems };
}

function parseModel(entry: string, problems: string[]): ModelSpec | undefined {
  const [text = '', ...optionTexts] = entry.split(';');
  const selector = parseModelSelector(text);
  const { log, ...options } = parseModelOptions(optionTexts, problems);
  if ('problem' in selector) {
    problems.unshift(selector.problem);
    return undefined;
  }
  const plain = plainSpec(selector);
  const spec = { ...plain, ...options, log: { ...plain.log, ...log } };
  if (spec.execution === 'inline' && spec.workers !== undefined) {
    problems.push('expected either execution=inline or workers, not both');
  }
  if (spec.execution === 'inline' && spec.shadowShare !== undefined) {
    problems.push('expected a shadow to run in workers: inline, it would delay the answers of the other');
  }
  return spec;
}

function repeated(specs: readonly ModelSpec[]): string[] {
  const texts = specs.map(({ selector }) => selector.text);
  const twice = new Set(texts.filter((text, index) => texts.indexOf(text) < index));
  return [...twice].map((text) => `expected every model once, got ${text} more than once`);
}

/** A shadow runs on what the first other entry of the same name answers. */
function unchallenged(specs: readonly ModelSpec[]): string[] {
  const answering = specs.filter(({ shadowShare }) => shadowShare === undefined);
  return specs.flatMap(({ selector: { text, name }, shadowShare }) => {
    if (shadowShare === undefined || answering.some(({ selector }) => selector.name === name)) return [];
    return `${text} is a shadow; expected another entry of ${name} without shadow, whose traffic it shares`;
  });
}
