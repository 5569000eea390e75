/** How to reach and sign in to the two servers of a migration: `TIDEGATE_FROM_…` and `TIDEGATE_TO_…`. */
export interface ServerAccess {
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** For a server behind Tidegate's gateway. */
  readonly apiKey: string | undefined;
  /** Of a store like S3 in which the server keeps artifacts that it does not hand out itself. */
  readonly s3EndpointUrl: string | undefined;
}

export function accessFromEnvironment(
  side: 'FROM' | 'TO',
  variables: NodeJS.ProcessEnv = process.env,
): ServerAccess {
  return {
    username: present(variables[`TIDEGATE_${side}_USERNAME`]),
    password: present(variables[`TIDEGATE_${side}_PASSWORD`]),
    apiKey: present(variables[`TIDEGATE_${side}_API_KEY`]),
    s3EndpointUrl: present(variables[`TIDEGATE_${side}_S3_ENDPOINT_URL`]),
  };
}

function present(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
