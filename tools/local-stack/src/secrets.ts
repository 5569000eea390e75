import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync } from 'node:fs';
import { generateApiKey } from '@tidegate/api-keys';
import { z } from 'zod';
import { writePrivateFile } from './private-file';
import { StackError } from './stack-error';

const RANDOM_BYTES = 32;

const stackSecrets = z.object({
  postgresPassword: z.string(),
  mlflowDatabasePassword: z.string(),
  mlflowAuthDatabasePassword: z.string(),
  apiDatabasePassword: z.string(),
  loggingDatabasePassword: z.string(),
  mlflowPassword: z.string(),
  flaskSecretKey: z.string(),
  apiKeyPepper: z.string(),
  internalToken: z.string(),
  /** With this key inference reads the registry through the api. */
  inferenceKey: z.string(),
  /** The key that is printed for the person at the terminal. */
  userKey: z.string(),
  /** The key that manages keys. A data folder of before it gets another one at each start. */
  adminKey: z.string().default(newKey),
});

export type StackSecrets = Readonly<z.infer<typeof stackSecrets>>;

/**
 * The secrets of this data folder, made at the first start: the data was made with them, so they stay as they are.
 *
 * @throws StackError when the file is damaged
 */
export function ensureSecrets(file: string): StackSecrets {
  const stored = readSecrets(file);
  if (stored !== undefined) return stored;
  const made = makeSecrets();
  writePrivateFile(file, `${JSON.stringify(made, null, 2)}\n`);
  return made;
}

function readSecrets(file: string): StackSecrets | undefined {
  let text: string;
  try {
    chmodSync(file, 0o600);
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return stackSecrets.parse(JSON.parse(text));
  } catch {
    throw new StackError(
      `${file} is damaged, and without its passwords the databases cannot be opened. ` +
        'Restore the file, or start anew with "npm run reset" (the local data is lost).',
    );
  }
}

function makeSecrets(): StackSecrets {
  return {
    postgresPassword: randomText(),
    mlflowDatabasePassword: randomText(),
    mlflowAuthDatabasePassword: randomText(),
    apiDatabasePassword: randomText(),
    loggingDatabasePassword: randomText(),
    mlflowPassword: randomText(),
    flaskSecretKey: randomText(),
    apiKeyPepper: randomText(),
    internalToken: randomText(),
    inferenceKey: newKey(),
    userKey: newKey(),
    adminKey: newKey(),
  };
}

function newKey(): string {
  return generateApiKey({ environment: 'local' }).text;
}

function randomText(): string {
  return randomBytes(RANDOM_BYTES).toString('base64url');
}
