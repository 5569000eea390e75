/** How to sign in to the two servers of a migration: `TIDEGATE_FROM_…` and `TIDEGATE_TO_…`. */
export interface ServerLogin {
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** For a server behind Tidegate's gateway. */
  readonly apiKey: string | undefined;
}

export function loginFromEnvironment(
  side: 'FROM' | 'TO',
  variables: NodeJS.ProcessEnv = process.env,
): ServerLogin {
  return {
    username: present(variables[`TIDEGATE_${side}_USERNAME`]),
    password: present(variables[`TIDEGATE_${side}_PASSWORD`]),
    apiKey: present(variables[`TIDEGATE_${side}_API_KEY`]),
  };
}

function present(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
