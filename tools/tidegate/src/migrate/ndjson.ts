import { createReadStream } from 'node:fs';
import { access, open, rename, truncate, type FileHandle } from 'node:fs/promises';
import type { z } from 'zod';
import { CommandError } from '../command-error';

export interface Line {
  readonly text: string;
  /** Of the byte after the line's end. */
  readonly endBytes: number;
}

/** What is moved is as secret as the server it comes from. */
export const OWNER_ONLY = { folder: 0o700, file: 0o600 } as const;

const NEWLINE = 10;

/** The whole lines of a file; what follows the last line end was being written when somebody stopped, and is left out. */
export async function* readLines(file: string): AsyncGenerator<Line> {
  let rest: Buffer[] = [];
  let offset = 0;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const text = Buffer.concat([...rest, chunk.subarray(start, end)]).toString('utf8');
      rest = [];
      start = end + 1;
      yield { text, endBytes: offset + start };
    }
    if (start < chunk.length) rest.push(chunk.subarray(start));
    offset += chunk.length;
  }
}

/**
 * The entries of a journal, none when it is not there. A line that was being written when somebody stopped is cut off,
 * so that it does not run into the next one.
 *
 * @param remedy what to do when it is damaged, such as `Remove it.`
 */
export async function readJournal<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  remedy: string,
): Promise<z.output<Schema>[]> {
  const entries: z.output<Schema>[] = [];
  if (!(await isThere(file))) return entries;
  let wholeBytes = 0;
  for await (const { text, endBytes } of readLines(file)) {
    const parsed = schema.safeParse(jsonOf(text));
    if (!parsed.success)
      throw new CommandError(
        `Line ${entries.length + 1} of ${file} is damaged or of another version. ${remedy}`,
      );
    entries.push(parsed.data);
    wholeBytes = endBytes;
  }
  await truncate(file, wholeBytes);
  return entries;
}

export function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** Undefined when it is no JSON. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A file that grows line by line under another name and gets its own when it is whole. */
export class GrowingFile {
  private constructor(
    private readonly file: string,
    private readonly handle: FileHandle,
  ) {}

  static partialOf(file: string): string {
    return `${file}.partial`;
  }

  /** @param keepBytes how much of what an earlier attempt wrote is good */
  static async open(file: string, keepBytes: number): Promise<GrowingFile> {
    const partial = GrowingFile.partialOf(file);
    if (keepBytes > 0) await truncate(partial, keepBytes);
    return new GrowingFile(file, await open(partial, keepBytes > 0 ? 'a' : 'w', OWNER_ONLY.file));
  }

  async write(line: unknown): Promise<void> {
    await this.handle.appendFile(`${JSON.stringify(line)}\n`);
  }

  async finish(): Promise<void> {
    await this.handle.sync();
    await this.handle.close();
    await rename(GrowingFile.partialOf(this.file), this.file);
  }

  /** Keeps what is there for the next attempt. */
  close(): Promise<void> {
    return this.handle.close();
  }
}
