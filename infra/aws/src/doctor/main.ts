import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { systemClock } from '@tidegate/clock';
import { loadInfraSettings } from '../aws-infra.config';
import { ENVIRONMENT_NAMES, loadEnvironment } from '../environments';
import { InfrastructureError } from '../infrastructure-error';
import { awsNowMs } from './aws-time';
import { doctorLines } from './doctor-report';
import { examine } from './examination';
import { examinationsOf } from './examinations';
import { terraformFacts } from './terraform-facts';

/** `infra/aws` */
const FOLDER = path.resolve(__dirname, '../..');

/**
 * `main.ts <environment> [--json] [--before-deployment]`: exit code 2 when something would go wrong. The last option leaves out
 * what the deployment makes.
 */
async function main(): Promise<void> {
  const { environmentName, environmentChanges } = loadInfraSettings();
  const isOption = (word: string): boolean => word.startsWith('--');
  const args = process.argv.slice(2);
  const [words, options] = [args.filter((word) => !isOption(word)), args.filter(isOption)];
  const environment = loadEnvironment(words[0] ?? environmentName, environmentChanges);
  const examinations = examinationsOf(environment, {
    images: readImages(environment.name),
    nowMs: () => systemClock.nowMs(),
    awsNowMs: () => awsNowMs(environment.region),
    terraform: () => terraformFacts(environment.name, path.join(FOLDER, 'cdktf.out', 'stacks')),
  });
  const isBefore = options.includes('--before-deployment');
  const diagnoses = await examine(
    examinations.filter(({ isMadeByDeployment }) => !isBefore || isMadeByDeployment !== true),
  );
  const isJson = options.includes('--json');
  const { name, region } = environment;
  process.stdout.write(
    isJson
      ? `${JSON.stringify({ environment: name, region, diagnoses }, null, 2)}\n`
      : `${doctorLines(diagnoses).join('\n')}\n`,
  );
  const isWell = diagnoses.every(
    ({ problems, notLookedAt }) => problems.length === 0 && notLookedAt === undefined,
  );
  process.exitCode = isWell ? 0 : 2;
}

/** What "tidegate images push" writes. */
function readImages(environment: string): Readonly<Record<string, string>> | undefined {
  const file = path.join(FOLDER, `images.${environment}.tfvars.json`);
  if (!existsSync(file)) return undefined;
  return (JSON.parse(readFileSync(file, 'utf8')) as { images: Record<string, string> }).images;
}

process.exitCode = 1;
main().catch((error: unknown) => {
  if (!(error instanceof InfrastructureError)) throw error;
  process.stderr.write(`${error.message} Environments: ${ENVIRONMENT_NAMES.join(', ')}.\n`);
});
