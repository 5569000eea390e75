import { createReadStream } from 'node:fs';
import { open, rename, truncate, type FileHandle } from 'node:fs/promises';

export interface Line {
  readonly text: string;
  /** Of the byte after the line's end. */
  readonly endBytes: number;
}

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
    return new GrowingFile(file, await open(partial, keepBytes > 0 ? 'a' : 'w'));
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
