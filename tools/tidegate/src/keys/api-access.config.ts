/** What the environment says about the api and the key to use it with. */
export interface EnvironmentAccess {
  readonly url: string | undefined;
  readonly key: string | undefined;
}

export function accessFromEnvironment(variables: NodeJS.ProcessEnv = process.env): EnvironmentAccess {
  return { url: present(variables['TIDEGATE_URL']), key: present(variables['TIDEGATE_API_KEY']) };
}

function present(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
