import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { CommandError } from '../command-error';

const outputsFile = z.record(z.string(), z.looseObject({ api_url: z.string().optional() }));

/** The output `api_url` of the services stack; undefined when it was not deployed from here. */
export async function deployedApiUrl(
  workspaceRoot: string,
  environment: string,
): Promise<string | undefined> {
  const file = `infra/aws/outputs.${environment}.json`;
  let text: string;
  try {
    text = await readFile(path.join(workspaceRoot, file), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return outputsFile.parse(JSON.parse(text))[`${environment}-services`]?.api_url;
  } catch {
    throw new CommandError(
      `${file} is not what a deployment leaves: expected the outputs of ${environment}-services. Deploy again, or give --url.`,
    );
  }
}
