import { z } from 'zod';
import { CommandError } from '../command-error';

const userRecord = z.object({ record: z.literal('user'), user: z.string(), is_admin: z.boolean() });
const permissionRecord = z.object({
  record: z.literal('permission'),
  user: z.string(),
  type: z.string(),
  /** Id of an experiment, name of a model, or `*`. */
  resource: z.string(),
  /** Of an experiment that is there. */
  name: z.string().nullable(),
  permission: z.string(),
  /** Null: the user's own. */
  role: z.string().nullable(),
});
const granted = z.object({
  record: z.literal('outcome'),
  code: z.literal('granted'),
  user: z.string(),
  is_admin: z.boolean(),
  resource: z.string(),
  name: z.string(),
});
const failed = z.object({ record: z.literal('outcome'), code: z.literal('failed'), message: z.string() });
const done = z.object({ record: z.literal('outcome'), code: z.enum(['created', 'listed', 'deleted']) });

const record = z.union([userRecord, permissionRecord, granted, failed, done]);

export type UserRecord = z.infer<typeof userRecord>;
export type PermissionRecord = z.infer<typeof permissionRecord>;
type Outcome = z.infer<typeof granted> | z.infer<typeof failed> | z.infer<typeof done>;

/** How a run of the program `users` ended. */
export interface ProgramEnd {
  /** Undefined: it did not run, or was ended. */
  readonly exitCode: number | undefined;
  /** What it wrote; lines of others may be among them. */
  readonly lines: readonly string[];
  /** How it ended, in words, for when it gave no answer. */
  readonly description: string;
}

export interface UsersAnswer {
  readonly users: readonly UserRecord[];
  readonly permissions: readonly PermissionRecord[];
  readonly outcome: Exclude<Outcome, { code: 'failed' }>;
}

const SHOWN_LINES = 10;

/** Whether the last word of the program is among these lines. */
export function hasOutcome(lines: readonly string[]): boolean {
  return outcomeIn(lines.flatMap(recordOf)) !== undefined;
}

/** @throws CommandError when the program did not do what was asked */
export function answerOf({ exitCode, lines, description }: ProgramEnd): UsersAnswer {
  const records = lines.flatMap(recordOf);
  const outcome = outcomeIn(records);
  if (outcome?.code === 'failed') throw new CommandError(outcome.message);
  if (exitCode !== 0 || outcome === undefined) throw new CommandError(withLastLines(description, lines));
  return {
    users: records.filter((one) => one.record === 'user'),
    permissions: records.filter((one) => one.record === 'permission'),
    outcome,
  };
}

function outcomeIn(records: readonly z.infer<typeof record>[]): Outcome | undefined {
  return records.filter((one) => one.record === 'outcome').at(-1);
}

function recordOf(line: string): z.infer<typeof record>[] {
  if (!line.startsWith('{')) return [];
  try {
    const { data } = record.safeParse(JSON.parse(line));
    return data === undefined ? [] : [data];
  } catch {
    return [];
  }
}

function withLastLines(description: string, lines: readonly string[]): string {
  const shown = lines.slice(-SHOWN_LINES).map((line) => `\n  | ${line}`);
  return `${description}${shown.length === 0 ? '' : ` Its last lines:${shown.join('')}`}`;
}
