import { createHash } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { OWNER_ONLY, readJournal } from './ndjson';

const entrySchema = z.object({
  /** `…-done`: nothing is left to do for it; the others map an id. */
  kind: z.enum([
    'experiment',
    'experiment-done',
    'run',
    'run-done',
    'model',
    'model-done',
    'model-metrics-done',
    'file-done',
    'version',
    'registered-model-done',
  ]),
  /** Its id on the old server; a version is `name/3`, a file `runs/<id>/path`. */
  from: z.string(),
  /** Its id on the new server. */
  to: z.string().optional(),
  /** Where its artifacts are on the new server. */
  uri: z.string().optional(),
});

export type JournalEntry = z.output<typeof entrySchema>;

/** Old id → new id and what is finished, a line each, in a file beside what is imported: one for each target. */
export class ImportJournal {
  private readonly entries = new Map<string, JournalEntry>();

  private constructor(readonly file: string) {}

  static async open(folder: string, targetUrl: string): Promise<ImportJournal> {
    const { host } = new URL(targetUrl);
    const hash = createHash('sha256').update(targetUrl).digest('hex').slice(0, 8);
    const name = `mapping-${host.replace(/[^\w.-]+/g, '-')}-${hash}.ndjson`;
    const journal = new ImportJournal(path.join(folder, name));
    await journal.load();
    return journal;
  }

  find(kind: JournalEntry['kind'], from: string): JournalEntry | undefined {
    return this.entries.get(keyOf(kind, from));
  }

  has(kind: JournalEntry['kind'], from: string): boolean {
    return this.entries.has(keyOf(kind, from));
  }

  async record(entry: JournalEntry): Promise<void> {
    await appendFile(this.file, `${JSON.stringify(entry)}\n`, { mode: OWNER_ONLY.file });
    this.entries.set(keyOf(entry.kind, entry.from), entry);
  }

  private async load(): Promise<void> {
    const remedy = 'Remove it: tags on the new server tell what is there already.';
    for (const entry of await readJournal(this.file, entrySchema, remedy))
      this.entries.set(keyOf(entry.kind, entry.from), entry);
  }
}

function keyOf(kind: string, from: string): string {
  return `${kind} ${from}`;
}
