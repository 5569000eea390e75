import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '@tidegate/clock';
import { CommandError } from '../command-error';
import { ExitCode } from '../exit-code';
import { accessFromEnvironment } from '../keys/api-access.config';
import { apiAccess, apiBaseUrl, isReadableOnTheWay } from '../keys/api-access';
import { readStack } from '../local-stack/read-stack';
import type { Installation } from '../installation';
import type { Paint } from '../terminal/paint';
import { tableLines } from '../terminal/table';
import { type ApiUnderCheck, healthChecks, serviceChecks } from './api-checks';
import { type Check, type CheckResult, skipped } from './check';
import { installationChecks } from './installation-checks';
import { localChecks } from './local-checks';
import { gatewayChecks, mlflowHealthChecks } from './mlflow-checks';
import { runChecks } from './run-checks';
import { summaryOf, type Verification, verificationReport } from './verification-report';
import { VERIFY_HELP, type VerifyCommand } from './verify-command-line';

export interface VerifyContext {
  readonly workspaceRoot: string;
  readonly clock: Clock;
  readonly print: (line: string) => void;
  readonly note: (line: string) => void;
  readonly paint: Paint;
}

/** `tidegate verify`: 2 when something is not as it must be. */
export async function verify(command: VerifyCommand, context: VerifyContext): Promise<ExitCode> {
  if (command.name === 'verify help') {
    context.print(VERIFY_HELP);
    return ExitCode.ok;
  }
  const { clock, print, note } = context;
  const { target, url, checks } = await subjectOf(command, context);
  note(`Looking at ${target}: ${checks.length} checks …`);
  const results = await runChecks(checks, clock);
  const verification = { target, url, at: new Date(clock.nowMs()), results };
  const report = await writeReport(verification, command.reportFile, context.workspaceRoot);
  if (command.isJson) print(JSON.stringify({ ...verification, report }, null, 2));
  else show(verification, report, context);
  return results.some(({ result }) => result === 'failed') ? ExitCode.finding : ExitCode.ok;
}

interface Subject {
  readonly target: string;
  readonly url: string;
  readonly checks: readonly Check[];
}

type Verify = Extract<VerifyCommand, { name: 'verify' }>;

async function subjectOf(command: Verify, context: VerifyContext): Promise<Subject> {
  const { installation } = command;
  const api = await apiOf(command, context);
  const own =
    installation === undefined
      ? localChecks(await readStack(context.workspaceRoot))
      : await installationChecks(installation, context.clock);
  const checks = [
    ...healthChecks(api),
    ...mlflowHealthChecks(api),
    ...gatewayChecks(api),
    ...serviceChecks(api),
    ...own,
  ];
  return {
    target: installation === undefined ? 'the local stack' : targetOf(installation),
    url: api.url,
    checks: api.key === undefined ? checks.map(withoutKey) : checks,
  };
}

async function apiOf(
  { installation, url, hasKey }: Verify,
  { workspaceRoot, note }: VerifyContext,
): Promise<ApiUnderCheck> {
  const environment = accessFromEnvironment();
  if (!hasKey) return { url: apiBaseUrl(addressOf(url ?? environment.url)), key: undefined };
  const options = { isLocal: installation === undefined, ...(url !== undefined && { url }) };
  const api = await apiAccess(options, workspaceRoot, environment, 'ops:read, for example,');
  if (isReadableOnTheWay(api.url)) note(`The key can be read on the way: ${api.url} is not https.`);
  return api;
}

function addressOf(url: string | undefined): string {
  if (url !== undefined) return url;
  throw new CommandError('Which api? Expected --url https://… or TIDEGATE_URL.');
}

/** The report says of each what was not looked at. */
function withoutKey(check: Check): Check {
  if (!check.needsKey) return check;
  const finding = skipped('it needs a key, and none was given: expected one in TIDEGATE_API_KEY');
  return { ...check, look: () => Promise.resolve(finding) };
}

function targetOf({ prefix, region }: Installation): string {
  return `${prefix} in ${region}`;
}

async function writeReport(
  verification: Verification,
  file: string | undefined,
  workspaceRoot: string,
): Promise<string> {
  const name = `verify-${verification.at.toISOString().replace(/[:.]/g, '-')}.md`;
  const reportFile = path.resolve(workspaceRoot, file ?? path.join('.tidegate', 'reports', name));
  try {
    await mkdir(path.dirname(reportFile), { recursive: true });
    await writeFile(reportFile, verificationReport(verification));
  } catch (error) {
    throw new CommandError(
      `The report could not be written to ${reportFile}: ${(error as Error).message}. Name another file with --report.`,
    );
  }
  return path.relative(workspaceRoot, reportFile);
}

function show({ results }: Verification, report: string, { print, paint }: VerifyContext): void {
  const word = ({ result }: CheckResult): string =>
    ({ passed: paint.good, failed: paint.bad, skipped: paint.doubtful })[result](result);
  const rows = results.map((one) => [word(one), one.part, one.expected, `${one.tookMs} ms`]);
  for (const line of tableLines(['RESULT', 'PART', 'EXPECTED', 'TOOK'], rows)) print(line);
  for (const { part, expected, found, remedy, result, isRemarkable } of results) {
    if (result === 'passed' && isRemarkable !== true) continue;
    print('');
    print(`${part}: expected that ${expected}`);
    print(`  ${result === 'failed' ? paint.bad(found) : paint.doubtful(found)}`);
    if (result === 'failed') print(`  ${remedy}`);
  }
  print('');
  print(`${summaryOf(results)}; report: ${report}`);
}
