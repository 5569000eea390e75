import { createHash } from 'node:crypto';
import { appendFile, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '@tidegate/clock';
import { z } from 'zod';
import { OWNER_ONLY, readJournal } from './ndjson';

const entrySchema = z.object({
  kind: z.enum(['runs', 'models']),
  /** Its id on the old server. */
  from: z.string(),
  /** SHA-256 of its outline. */
  outline: z.string(),
  at: z.iso.datetime(),
});

type Entry = z.output<typeof entrySchema>;

export interface ProvenThing {
  readonly kind: Entry['kind'];
  readonly from: string;
  /** What both servers told of it without being asked for whole histories and contents of files. */
  readonly outline: string;
}

/** What was compared: another pair or another thoroughness has a journal of its own. */
export interface Comparison {
  readonly fromUrl: string;
  readonly toUrl: string;
  readonly checksums: boolean;
}

/** Runs and logged models that were read whole on both servers and found equal, a line each. */
export class ValidationJournal {
  private readonly before: ReadonlyMap<string, Entry>;
  private readonly reused: Entry[] = [];

  private constructor(
    private readonly file: string,
    private readonly clock: Clock,
    entries: readonly Entry[],
  ) {
    this.before = new Map(entries.map((entry) => [keyOf(entry, entry.outline), entry]));
  }

  /**
   * @param folder made when it is not there
   * @param resumes false: what an earlier call has proven does not count
   */
  static async open(
    folder: string,
    { fromUrl, toUrl, checksums }: Comparison,
    { resumes, clock }: { readonly resumes: boolean; readonly clock: Clock },
  ): Promise<ValidationJournal> {
    await mkdir(folder, { recursive: true, mode: OWNER_ONLY.folder });
    const pair = JSON.stringify([fromUrl, toUrl, checksums]);
    const file = path.join(folder, `validated-${sha256(pair).slice(0, 16)}.ndjson`);
    if (!resumes) await rm(file, { force: true });
    return new ValidationJournal(file, clock, await readJournal(file, entrySchema, 'Leave out --resume.'));
  }

  /** Whether an earlier call found it equal, and its outline is what it was then. */
  isProven(thing: ProvenThing): boolean {
    const entry = this.before.get(keyOf(thing, sha256(thing.outline)));
    if (entry !== undefined) this.reused.push(entry);
    return entry !== undefined;
  }

  async record({ kind, from, outline }: ProvenThing): Promise<void> {
    const at = new Date(this.clock.nowMs()).toISOString();
    const entry: Entry = { kind, from, outline: sha256(outline), at };
    await appendFile(this.file, `${JSON.stringify(entry)}\n`, { mode: OWNER_ONLY.file });
  }

  /** What this call took from earlier ones; undefined: nothing. */
  get earlier(): { readonly things: number; readonly since: string } | undefined {
    const [since] = this.reused.map(({ at }) => at).sort();
    return since === undefined ? undefined : { things: this.reused.length, since };
  }

  /** Everything is equal: there is nothing to go on with. */
  async remove(): Promise<void> {
    await rm(this.file, { force: true });
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function keyOf({ kind, from }: Pick<Entry, 'kind' | 'from'>, outline: string): string {
  return `${kind} ${from} ${outline}`;
}
