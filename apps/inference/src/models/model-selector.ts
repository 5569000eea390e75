/** Which version of which registered model is served: the one behind an alias, or a fixed one. */
export interface ModelSelector {
  /** As written in MODELS: `digits@production` or `digits/3`. */
  readonly text: string;
  readonly name: string;
  readonly alias?: string;
  readonly version?: string;
}

const DEFAULT_ALIAS = 'production';
const SELECTOR = /^(?<name>[^/@:;\s]+)(?:@(?<alias>[\w-]+)|\/(?<version>[1-9]\d*))?$/;

/** Undefined when `text` is no `name`, `name@alias` or `name/version`; without a selector the alias is `production`. */
export function parseModelSelector(text: string): ModelSelector | undefined {
  const { name, alias, version } = SELECTOR.exec(text)?.groups ?? {};
  if (name === undefined) return undefined;
  if (version !== undefined) return { text, name, version };
  const followed = alias ?? DEFAULT_ALIAS;
  return { text: `${name}@${followed}`, name, alias: followed };
}

/** The alias or version that is followed, as the metric label `stage`. */
export function stageOf(selector: ModelSelector): string {
  return selector.alias ?? selector.version ?? '';
}
