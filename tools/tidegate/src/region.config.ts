/** The region of the environments in `infra/aws`, unless AWS_REGION says another. */
const DEFAULT_REGION = 'eu-west-2';

export function regionFromEnvironment(variables: NodeJS.ProcessEnv = process.env): string {
  return present(variables['AWS_REGION']) ?? present(variables['AWS_DEFAULT_REGION']) ?? DEFAULT_REGION;
}

function present(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
