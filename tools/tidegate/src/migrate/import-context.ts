import type { ArtifactImport } from './import-artifacts';
import type { ExportFolder } from './export-folder';
import type { ImportJournal } from './import-journal';
import type { ImportNames } from './import-names';
import type { MigrateProgress } from './migrate-progress';
import type { MlflowReader } from './mlflow-reader';
import type { MlflowWriter } from './mlflow-writer';

/** What every step of an import works with. */
export interface ImportContext {
  readonly folder: ExportFolder;
  readonly reader: MlflowReader;
  readonly writer: MlflowWriter;
  readonly journal: ImportJournal;
  readonly names: ImportNames;
  readonly artifacts: ArtifactImport;
  readonly progress: MigrateProgress;
  readonly skipsDeleted: boolean;
  /** Keeps something that cannot be the same on the new server, as a sentence. */
  readonly differs: (difference: string) => void;
}
