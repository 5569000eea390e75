import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { hostEnvironment, runCommand } from '@tidegate/local-parts';
import { parse } from 'yaml';
import { allExpressions } from './expressions';
import { selectorsOf } from './promql';
import { alertRules, recordedNames, ruleFileNames, rulesFolder, ruleTestsFolder } from './rule-files';

interface RuleTestFile {
  readonly rule_files: readonly string[];
  readonly tests: readonly {
    readonly promql_expr_test: readonly { readonly exp_samples: readonly { readonly labels: string }[] }[];
  }[];
}

// The tests of rules take seconds.
jest.setTimeout(180_000);

const testNames = readdirSync(ruleTestsFolder);
const ruleTests = testNames.map(
  (name) => parse(readFileSync(path.join(ruleTestsFolder, name), 'utf8')) as RuleTestFile,
);

async function promtool(args: readonly string[], cwd: string): Promise<string> {
  const { exitCode, stdout, stderr } = await runCommand('promtool', [...args], {
    env: hostEnvironment(),
    cwd,
    timeoutMs: 150_000,
  });
  return exitCode === 0 ? 'fine' : stdout + stderr;
}

/** Labels of the alerts that the unit tests expect to fire, by the alert's name. */
function firingLabels(): Map<string, string[]> {
  const samples = ruleTests.flatMap(({ tests }) =>
    tests.flatMap((test) => test.promql_expr_test.flatMap(({ exp_samples }) => exp_samples)),
  );
  return new Map(
    samples
      .map(({ labels }) => [/alertname="(\w+)"/.exec(labels)?.[1], labels] as const)
      .filter(([name, labels]) => name !== undefined && labels.includes('alertstate="firing"'))
      .map(([name = '', labels]) => [name, [...labels.matchAll(/(\w+)="/g)].map(([, label = '']) => label)]),
  );
}

describe('the rules', () => {
  it.each(ruleFileNames())('%s are rules to Prometheus', async (name) => {
    expect(await promtool(['check', 'rules', name], rulesFolder)).toBe('fine');
  });

  it.each(testNames)('do what %s says', async (name) => {
    expect(await promtool(['test', 'rules', name], ruleTestsFolder)).toBe('fine');
  });

  it('are tested, every file', () => {
    const tested = ruleTests.flatMap(({ rule_files }) => rule_files.map((file) => path.basename(file)));
    expect(tested.sort()).toEqual(ruleFileNames().sort());
  });

  it('have for every alert a test in which it fires', () => {
    const tested = firingLabels();
    expect(alertRules().filter(({ alert }) => !tested.has(alert))).toEqual([]);
  });

  it('name in annotations only labels that the firing alert has', () => {
    const tested = firingLabels();
    const missing = alertRules().flatMap(({ alert, annotations }) =>
      [
        ...Object.values(annotations)
          .join(' ')
          .matchAll(/\$labels\.(\w+)/g),
      ]
        .map(([, label = '']) => label)
        .filter((label) => !tested.get(alert)?.includes(label))
        .map((label) => `${alert}: ${label}`),
    );
    expect(missing).toEqual([]);
  });

  it('and dashboards use of the recorded series only such as are recorded', () => {
    const recorded = recordedNames();
    const used = allExpressions().flatMap(({ text }) => selectorsOf(text).map(({ metric }) => metric));
    expect(used.filter((metric) => metric.includes(':') && !recorded.includes(metric))).toEqual([]);
  });
});
