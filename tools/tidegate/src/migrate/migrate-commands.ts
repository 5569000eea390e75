import path from 'node:path';
import type { Clock } from '@tidegate/clock';
import { MlflowClient, MlflowError, type MlflowCredentials } from '@tidegate/mlflow-client';
import { CommandError } from '../command-error';
import { ExitCode } from '../exit-code';
import { httpBase } from '../http-base';
import { ExportFolder } from './export-folder';
import { ServerExport } from './export-server';
import { importToServer } from './import-server';
import { accessFromEnvironment, type ServerAccess } from './migrate-access.config';
import { MIGRATE_HELP, type MigrateCommand } from './migrate-command-line';
import { comparisonText, exportText, importText } from './migrate-report';
import { MigrateProgress } from './migrate-progress';
import { MlflowReader } from './mlflow-reader';
import { onlyHere } from './only-here';
import { ServerValidation } from './validate-servers';
import { ValidationJournal } from './validation-journal';

export interface MigrateContext {
  readonly workFolder: string;
  readonly clock: Clock;
  readonly print: (line: string) => void;
  /** For standard error. */
  readonly note: (line: string) => void;
}

const TIMEOUT_MS = 60_000;

/** @throws CommandError that says what went wrong and what to do */
export async function migrate(command: MigrateCommand, context: MigrateContext): Promise<ExitCode> {
  if (command.name === 'migrate help') {
    context.print(MIGRATE_HELP);
    return ExitCode.ok;
  }
  try {
    return await carryOut(command, context);
  } catch (error) {
    if (error instanceof MlflowError) throw new CommandError(error.message);
    if (isDiskFull(error))
      throw new CommandError(
        `${error.message} Make room, then call the same command again: it goes on where it stopped.`,
      );
    throw error;
  }
}

async function carryOut(
  command: Exclude<MigrateCommand, { name: 'migrate help' }>,
  { workFolder, clock, print, note }: MigrateContext,
): Promise<ExitCode> {
  const progress = new MigrateProgress(clock, note);
  const { skipsDeleted, isJson } = command;
  const tell = (outcome: object, lines: readonly string[]): void => {
    for (const line of isJson ? [JSON.stringify(outcome, null, 2)] : lines) print(line);
  };
  switch (command.name) {
    case 'migrate export': {
      const folder = new ExportFolder(path.resolve(workFolder, command.folder));
      const server = readerOf(command.url, 'FROM');
      await folder.make();
      const work = new ServerExport(server, folder, progress, skipsDeleted);
      const outcome = await onlyHere(folder.path, () => work.run());
      tell(outcome, exportText(outcome, command));
      return ExitCode.ok;
    }
    case 'migrate import': {
      const folder = new ExportFolder(path.resolve(workFolder, command.folder));
      const server = readerOf(command.url, 'TO');
      const outcome = await onlyHere(folder.path, () =>
        importToServer(folder, server, progress, skipsDeleted),
      );
      tell(outcome, importText(outcome));
      return outcome.differences.length === 0 ? ExitCode.ok : ExitCode.finding;
    }
    case 'migrate validate': {
      const { checksums, resumes } = command;
      const [from, to] = [readerOf(command.fromUrl, 'FROM'), readerOf(command.toUrl, 'TO')];
      const folder = path.join(workFolder, '.tidegate', 'migrate');
      const journal = await ValidationJournal.open(folder, command, { resumes, clock });
      const options = { skipsDeleted, checksums, progress, journal };
      const outcome = await new ServerValidation(from, to, options).run();
      tell(outcome, comparisonText(outcome));
      return outcome.differences.length === 0 ? ExitCode.ok : ExitCode.finding;
    }
  }
}

function readerOf(url: string, side: 'FROM' | 'TO'): MlflowReader {
  const access = accessFromEnvironment(side);
  const credentials = credentialsOf(side, access);
  const { s3EndpointUrl } = access;
  const client = new MlflowClient({
    baseUrl: url,
    timeoutMs: TIMEOUT_MS,
    userAgent: 'tidegate-migrate',
    ...(credentials && { credentials }),
    ...(s3EndpointUrl !== undefined && { s3: { endpointUrl: httpAddress(s3EndpointUrl, side) } }),
  });
  return new MlflowReader(client, url);
}

/** Never repeats the text: it may hold a password. */
function httpAddress(text: string, side: 'FROM' | 'TO'): string {
  const base = httpBase(text);
  if (base !== undefined) return base;
  throw new CommandError(
    `TIDEGATE_${side}_S3_ENDPOINT_URL is not right: expected http(s)://host[:port] without credentials, or nothing for Amazon's S3.`,
  );
}

function credentialsOf(
  side: 'FROM' | 'TO',
  { username, password, apiKey }: ServerAccess,
): MlflowCredentials | undefined {
  const names = `TIDEGATE_${side}_USERNAME and TIDEGATE_${side}_PASSWORD`;
  if (apiKey !== undefined && username !== undefined)
    throw new CommandError(
      `Both TIDEGATE_${side}_API_KEY and TIDEGATE_${side}_USERNAME are set: expected one. The key is for the gateway, the name for MLflow itself.`,
    );
  if (apiKey !== undefined) return { kind: 'bearer', token: apiKey };
  if ((username === undefined) !== (password === undefined))
    throw new CommandError(
      `One of ${names} is not set: expected both, or none for a server without accounts.`,
    );
  if (username === undefined || password === undefined) return undefined;
  return { kind: 'basic', username, password };
}

function isDiskFull(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}
