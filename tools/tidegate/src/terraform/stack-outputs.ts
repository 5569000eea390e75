import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { CommandError } from '../command-error';

export type Outputs = Readonly<Record<string, unknown>>;

const outputsSchema = z.record(z.string(), z.object({ sensitive: z.boolean(), value: z.unknown() }));
const fileSchema = z.record(z.string(), z.looseObject({}));

/** @param json of `terraform output -json` */
export function readOutputs(json: string): Outputs {
  const outputs = Object.entries(outputsSchema.parse(JSON.parse(json)));
  return Object.fromEntries(
    outputs.filter(([, { sensitive }]) => !sensitive).map(([name, { value }]) => [name, value]),
  );
}

/** The text output of a stack, as the file of the last deployment from here has it; undefined when nothing was deployed from here. */
export async function deployedOutput(
  workspaceRoot: string,
  environment: string,
  stack: string,
  name: string,
): Promise<string | undefined> {
  const file = outputsFile(environment);
  let text: string;
  try {
    text = await readFile(path.join(workspaceRoot, file), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return z
      .string()
      .optional()
      .parse(fileSchema.parse(JSON.parse(text))[`${environment}-${stack}`]?.[name]);
  } catch {
    throw new CommandError(
      `${file} is not what a deployment leaves: expected the outputs of ${environment}-${stack}. Deploy again, or give --url.`,
    );
  }
}

/** Keeps the outputs of all stacks, by stack, as `cdktf deploy --outputs-file` does. */
export async function writeOutputs(
  workspaceRoot: string,
  environment: string,
  outputs: Readonly<Record<string, Outputs>>,
): Promise<void> {
  const byName = Object.fromEntries(
    Object.entries(outputs).map(([stack, values]) => [`${environment}-${stack}`, values]),
  );
  await writeFile(
    path.join(workspaceRoot, outputsFile(environment)),
    `${JSON.stringify(byName, undefined, 2)}\n`,
  );
}

/** Of services that are gone. */
export function removeOutputs(workspaceRoot: string, environment: string): Promise<void> {
  return rm(path.join(workspaceRoot, outputsFile(environment)), { force: true });
}

function outputsFile(environment: string): string {
  return `infra/aws/outputs.${environment}.json`;
}
