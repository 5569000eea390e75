export { RULES } from './all-rules';
export { EXCEPTIONS, type Exception } from './exceptions';
export type { Finding, Rule } from './rule';
export { judge, runRules, type Judgement, type RuleFinding } from './run-rules';
export { Synthesized, type Resource, type StackJson } from './synthesized';
