import type { ImportJournal } from './import-journal';
import type { Moved, NewNames } from './rewrite-references';

/** What an import knows of new ids: the journal's, with the old places as the export tells them. */
export class ImportNames implements NewNames {
  private readonly oldUris = new Map<string, string>();

  constructor(private readonly journal: ImportJournal) {}

  remember(id: string, artifactUri: string): void {
    this.oldUris.set(id, artifactUri);
  }

  run(id: string): Moved | undefined {
    return this.moved('run', id);
  }

  model(id: string): Moved | undefined {
    return this.moved('model', id);
  }

  experiment(id: string): string | undefined {
    return this.journal.find('experiment', id)?.to;
  }

  version(name: string, version: string): string | undefined {
    return this.journal.find('version', `${name}/${version}`)?.to;
  }

  private moved(kind: 'run' | 'model', id: string): Moved | undefined {
    const entry = this.journal.find(kind, id);
    if (entry?.to === undefined) return undefined;
    return { to: entry.to, fromUri: this.oldUris.get(id) ?? '', toUri: entry.uri ?? '' };
  }
}
