import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

export const monitoringFolder = path.resolve(__dirname, '..');
export const prometheusFolder = path.join(monitoringFolder, 'prometheus');
export const rulesFolder = path.join(prometheusFolder, 'rules');
export const ruleTestsFolder = path.join(prometheusFolder, 'rule-tests');

export interface RuleFile {
  groups: RuleGroup[];
}

export interface RuleGroup {
  name: string;
  interval?: string;
  rules: Rule[];
}

export interface RecordingRule {
  record: string;
  expr: string;
  labels?: Record<string, string>;
}

export interface AlertRule {
  alert: string;
  expr: string;
  for?: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

export type Rule = RecordingRule | AlertRule;

/** Names of the files in the folder of rules. */
export function ruleFileNames(): string[] {
  return readdirSync(rulesFolder).filter((name) => name.endsWith('.rules.yml'));
}

export function readRuleFile(name: string): RuleFile {
  return parse(readFileSync(path.join(rulesFolder, name), 'utf8')) as RuleFile;
}

export function allRules(): Rule[] {
  return ruleFileNames().flatMap((name) => readRuleFile(name).groups.flatMap(({ rules }) => rules));
}

export function alertRules(): AlertRule[] {
  return allRules().filter((rule) => 'alert' in rule);
}

export function recordedNames(): string[] {
  return allRules().flatMap((rule) => ('record' in rule ? [rule.record] : []));
}
