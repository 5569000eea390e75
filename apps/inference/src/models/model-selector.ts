/** Which version of which registered model is served: the one behind an alias, a fixed one, the newest, one by stage. */
export interface ModelSelector {
  /** As written in MODELS, with what was left out: `digits@production`, `digits/3`, `digits/latest`, `digits/Staging`. */
  readonly text: string;
  readonly name: string;
  readonly alias?: string;
  readonly version?: string;
  /** The version with the highest number. */
  readonly isLatest?: true;
  /** The version with the highest number in this stage. MLflow 2.9 and later prefer aliases. */
  readonly stage?: ModelStage;
}

export type ModelStage = (typeof STAGES)[number];

/** Why a text selects no model. */
export interface SelectorProblem {
  readonly problem: string;
}

const STAGES = ['Production', 'Staging', 'Archived', 'None'] as const;
const DEFAULT_ALIAS = 'production';
const PARTS = /^(?:models:\/+)?(?<name>[^@/]*)(?:@(?<alias>.*)|\/(?<which>.*))?$/s;

/**
 * Reads `name`, `name@alias`, `name/3`, `name/latest` and `name/Staging`, also as MLflow's `models:/…` URI; without a
 * version the alias is `production`. A name may hold whatever MLflow allows but `@`, `,` and `;`.
 */
export function parseModelSelector(text: string): ModelSelector | SelectorProblem {
  const { name = '', alias, which } = PARTS.exec(text.trim())?.groups ?? {};
  if (!isModelName(name)) return { problem: 'expected the name of a model first, as in digits@production' };
  if (which !== undefined) return selectorBy(name, which);
  const followed = alias ?? DEFAULT_ALIAS;
  if (!/^[\w-]+$/.test(followed)) {
    return {
      problem: `expected an alias of letters, digits, _ and - after @, got ${JSON.stringify(followed)}`,
    };
  }
  // MLflow reserves both, so that they cannot be mixed up with versions.
  if (/^(latest|v\d+)$/i.test(followed)) {
    const meant = followed.toLowerCase() === 'latest' ? 'latest' : followed.slice(1);
    return { problem: `no alias can be named ${followed}; expected ${name}/${meant}` };
  }
  return { text: `${name}@${followed}`, name, alias: followed };
}

function selectorBy(name: string, which: string): ModelSelector | SelectorProblem {
  if (/^[1-9]\d{0,14}$/.test(which)) return { text: `${name}/${which}`, name, version: which };
  if (which.toLowerCase() === 'latest') return { text: `${name}/latest`, name, isLatest: true };
  const stage = STAGES.find((known) => known.toLowerCase() === which.toLowerCase());
  if (stage !== undefined) return { text: `${name}/${stage}`, name, stage };
  return {
    problem: `expected a version (1, 2, …), latest or a stage (${STAGES.join(', ')}) after /, got ${JSON.stringify(which)}`,
  };
}

/** The alias, version or stage that is followed, as the metric label `stage`. */
export function stageOf(selector: ModelSelector): string {
  return selector.alias ?? selector.version ?? selector.stage ?? 'latest';
}

/** MLflow refuses `/` and `:` itself. */
function isModelName(name: string): boolean {
  return name.trim() !== '' && !/[:,;\p{Cc}]/u.test(name);
}
