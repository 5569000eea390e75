import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { workspaceRoot } from '@tidegate/testing';
import { selectorsOf } from './promql';
import { guideCommands, guideSections } from './alerts-guide';
import { alertRules } from './rule-files';

const alerts = alertRules();

describe('every alert', () => {
  it.each(alerts)('$alert says what happened and what to do, and leads to its section', (rule) => {
    const { summary = '', description = '', runbook_url, ...others } = rule.annotations;
    expect(others).toEqual({});
    // A sentence of fact for a phone's screen; then cause and remedy.
    expect(summary.length).toBeLessThan(110);
    expect(description).toMatch(/^\S.{60,}\.$/s);
    expect(runbook_url).toBe(`docs/alerts.md#${rule.alert.toLowerCase()}`);
  });
});

describe('docs/alerts.md', () => {
  const sections = guideSections();

  it('has a section for every alert, of the same severity, and none for another', () => {
    const expected = alerts.map(({ alert, labels }) => [alert, labels['severity']]);
    expect(sections.map(({ alert, severity }) => [alert, severity]).sort()).toEqual(expected.sort());
  });

  it.each(sections)('shows how to see $alert, and what to do', ({ commands, remedies }) => {
    expect(commands.length).toBeGreaterThan(0);
    expect(remedies.length).toBeGreaterThan(0);
  });

  it('asks Prometheus in PromQL', () => {
    const queries = guideCommands().flatMap((command) => /^promtool query.*?'(.*)'/.exec(command)?.[1] ?? []);
    expect(queries.length).toBeGreaterThan(alerts.length / 2);
    for (const query of queries) expect(selectorsOf(query)).not.toEqual([]);
  });

  it('names commands that tidegate has', () => {
    const folder = path.join(workspaceRoot, 'tools/tidegate/src');
    const help = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /(command-line|-help)\.ts$/.test(name))
      .map((name) => readFileSync(path.join(folder, name), 'utf8'))
      .join('\n');
    const text = readFileSync(path.join(workspaceRoot, 'docs/alerts.md'), 'utf8');
    const commands = new Set([...text.matchAll(/npx tidegate ([a-z-]+) dev/g)].map(([, name = '']) => name));
    expect(commands.size).toBeGreaterThan(2);
    expect([...commands].filter((name) => !new RegExp(`^ +${name} <env>`, 'm').test(help))).toEqual([]);
  });
});
