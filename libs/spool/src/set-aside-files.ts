import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** How a person finds them. */
export const SET_ASIDE_PATTERN = 'set-aside*.ndjson';

const NAME = /^set-aside(?:-(\d{1,9}))?\.ndjson$/;

/** Where to write next. */
export interface SetAsidePlace {
  readonly file: string;
  readonly isNew: boolean;
  /** What all files hold now. */
  readonly bytesOfAll: number;
}

interface Found {
  readonly number: number;
  readonly bytes: number;
}

/** The files of what was set aside, in the order they were begun. A person may move them away at any time. */
export class SetAsideFiles {
  constructor(
    private readonly folder: string,
    private readonly fileBytes: number,
  ) {}

  /** The newest file, or the next one when `bytes` more would make that too large. @throws what the file system throws */
  async placeFor(bytes: number): Promise<SetAsidePlace> {
    const found = await this.find();
    const bytesOfAll = found.reduce((sum, file) => sum + file.bytes, 0);
    const last = found.at(-1);
    const isFull = last !== undefined && last.bytes > 0 && last.bytes + bytes > this.fileBytes;
    const number = (last?.number ?? 1) + (isFull ? 1 : 0);
    return { file: this.fileOf(number), isNew: last === undefined || isFull, bytesOfAll };
  }

  private async find(): Promise<Found[]> {
    const names = await readdir(this.folder);
    const numbers = names.flatMap((name) => {
      const match = NAME.exec(name);
      return match === null ? [] : [Number(match[1] ?? 1)];
    });
    const found = await Promise.all(numbers.sort((a, b) => a - b).map((number) => this.look(number)));
    return found.filter((file) => file !== undefined);
  }

  private async look(number: number): Promise<Found | undefined> {
    try {
      return { number, bytes: (await stat(this.fileOf(number))).size };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  private fileOf(number: number): string {
    return join(this.folder, number === 1 ? 'set-aside.ndjson' : `set-aside-${number}.ndjson`);
  }
}
