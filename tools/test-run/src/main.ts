import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { workspaceRoot } from '@tidegate/testing';
import { exitCodeOf, failSkips, lastLine, RESULT_FILES, summarise, type Finding } from './summary';
import type { JestResults, TaskOutcome } from './summary';
import { doSkipsFail } from './test-run.config';
import { runTiers } from './tiers';

const resultsDir = path.join(workspaceRoot, 'test-results');

async function main(args: readonly string[]): Promise<number> {
  removeOldResults();
  const unitOnly = args.includes('--unit');
  const nxArgs = args.filter((arg) => arg !== '--unit');
  const run = await runTiers(workspaceRoot, { unitOnly, nxArgs });
  if (run.wasInterrupted) {
    console.error('Interrupted: everything is stopped, there is no result.');
    return 130;
  }
  const found = summarise(run.tasks, readResults);
  const summary = doSkipsFail() ? failSkips(found) : found;
  print('Failed', summary.failures);
  print('Skipped', summary.skips);
  console.log(lastLine(summary));
  return exitCodeOf(summary);
}

function removeOldResults(): void {
  const files = existsSync(resultsDir) ? readdirSync(resultsDir, { recursive: true, encoding: 'utf8' }) : [];
  for (const file of files.filter((name) => name.endsWith('.json'))) rmSync(path.join(resultsDir, file));
}

function readResults({ project, target }: TaskOutcome): JestResults | undefined {
  try {
    return JSON.parse(
      readFileSync(path.join(resultsDir, project, RESULT_FILES[target] ?? ''), 'utf8'),
    ) as JestResults;
  } catch {
    return undefined;
  }
}

function print(heading: string, findings: readonly Finding[]): void {
  if (findings.length === 0) return;
  console.log(`\n${heading}:`);
  for (const { title, detail } of findings)
    console.log(`- ${title}\n    ${detail.trim().replaceAll('\n', '\n    ')}`);
  console.log('');
}

void main(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});
