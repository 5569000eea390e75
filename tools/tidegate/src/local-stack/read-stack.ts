import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { CommandError } from '../command-error';

const service = z.object({ url: z.string() });

/** What is used of `.tidegate/stack.json`, which the local stack writes while it runs. */
const stackFile = z.object({
  services: z.object({
    api: service,
    inference: service.optional(),
    logging: service.optional(),
    mlflow: service.optional(),
    /** With the administrator's login in it. */
    postgres: service.optional(),
  }),
  apiKey: z.string(),
  /** For managing keys. */
  adminKey: z.string().optional(),
});

export type LocalStack = z.infer<typeof stackFile>;

const STACK_FILE = path.join('.tidegate', 'stack.json');

/** @throws CommandError when the local stack does not run */
export async function readStack(workspaceRoot: string): Promise<LocalStack> {
  let text: string;
  try {
    text = await readFile(path.join(workspaceRoot, STACK_FILE), 'utf8');
  } catch {
    throw new CommandError(
      `The local stack does not run: there is no ${STACK_FILE}. Start it with "npm start".`,
    );
  }
  const stack = stackFile.safeParse(jsonOf(text)).data;
  if (!stack)
    throw new CommandError(`${STACK_FILE} is not what this version expects: start the local stack again.`);
  return stack;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
