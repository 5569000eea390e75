import { CommandError } from '../command-error';
import { ArtifactImport } from './import-artifacts';
import type { ImportContext } from './import-context';
import { importDeletions } from './import-deletions';
import { ImportJournal } from './import-journal';
import { LoggedModelImport } from './import-logged-models';
import { ImportNames } from './import-names';
import { RegisteredModelImport } from './import-registered-models';
import { RunImport } from './import-runs';
import { ShellImport } from './import-shells';
import { keptExperiments } from './kept-experiments';
import type { ExportFolder } from './export-folder';
import type { MigrateProgress } from './migrate-progress';
import { isPrompt } from './mlflow-records';
import type { MlflowReader } from './mlflow-reader';
import { MlflowWriter } from './mlflow-writer';

export interface ImportOutcome {
  readonly experiments: number;
  readonly runs: number;
  readonly loggedModels: number;
  readonly modelVersions: number;
  /** Uploaded by this call. */
  readonly files: number;
  readonly bytes: number;
  /** The file of old and new ids. */
  readonly mapping: string;
  /** What is not the same on the new server, a sentence each. */
  readonly differences: readonly string[];
}

/** Makes on a server what an export holds and the server lacks. Calling it again goes on where it stopped. */
export async function importToServer(
  folder: ExportFolder,
  reader: MlflowReader,
  progress: MigrateProgress,
  skipsDeleted: boolean,
): Promise<ImportOutcome> {
  await requireWhole(folder);
  await reader.version();
  const journal = await ImportJournal.open(folder.path, reader.url);
  const writer = new MlflowWriter(reader);
  const artifacts = new ArtifactImport(folder, writer, journal, progress);
  const names = new ImportNames(journal);
  const differences: string[] = [];
  const differs = (difference: string): void => void differences.push(difference);
  const context = { folder, reader, writer, journal, names, artifacts, progress, skipsDeleted, differs };
  await importAll(context);
  const counts = await countImported(context);
  return {
    ...counts,
    files: artifacts.files,
    bytes: artifacts.bytes,
    mapping: journal.file,
    differences: [...differences, ...(await keptExperiments(context)), ...(await changedVersions(context))],
  };
}

async function requireWhole(folder: ExportFolder): Promise<void> {
  const description = await folder.description();
  if (description === undefined)
    throw new CommandError(`${folder.path} holds no export. Make one with "tidegate migrate export".`);
  if (!description.isComplete)
    throw new CommandError(
      `The export in ${folder.path} is not complete. Call "tidegate migrate export --from ${description.from} --to ${folder.path}" again: it goes on where it stopped.`,
    );
}

/** Step by step over everything: a run may refer to one of another experiment, a version to any run. */
async function importAll(context: ImportContext): Promise<void> {
  const ids = await context.folder.experimentIds();
  const shells = new ShellImport(context);
  for (const id of ids) await shells.import(id);
  const models = new LoggedModelImport(context);
  for (const id of ids) await models.import(id);
  const runs = new RunImport(context);
  for (const id of ids) await runs.import(id);
  for (const id of ids) await models.importMetrics(id);
  await new RegisteredModelImport(context).import();
  for (const id of ids) await importDeletions(context, id);
}

async function countImported({ folder, journal }: ImportContext) {
  const counts = { experiments: 0, runs: 0, loggedModels: 0, modelVersions: 0 };
  for (const id of await folder.experimentIds()) {
    if (journal.has('experiment-done', id)) counts.experiments += 1;
    for await (const line of folder.experimentLines(id)) {
      if (line.kind === 'end' && journal.has('run-done', line.runId)) counts.runs += 1;
      if (line.kind === 'model' && journal.has('model-done', line.model.info.model_id))
        counts.loggedModels += 1;
    }
  }
  for await (const { model, versions } of folder.registeredModelLines())
    counts.modelVersions += versions.filter(({ version }) =>
      journal.has('version', `${model.name}/${version}`),
    ).length;
  return counts;
}

/** Whoever asks for a version by its number must know, also when an earlier call made it. */
async function changedVersions({ folder, names }: ImportContext): Promise<string[]> {
  const differences: string[] = [];
  for await (const { model, versions } of folder.registeredModelLines())
    for (const { version, source, tags } of versions) {
      const to = names.version(model.name, version);
      if (to === undefined)
        differences.push(
          `Version ${version} of "${model.name}" is left out: its source ${source} belongs to no run or logged model that was imported.`,
        );
      else if (to !== version)
        differences.push(
          `Version ${version} of "${model.name}" is version ${to} on the new server.${isPrompt(tags) ? ' Runs that are linked to it name the old number.' : ''}`,
        );
    }
  return differences;
}
