/**
 * A copy of this process's environment for a child. `dropPrefixes` names families of variables that the user's
 * shell may hold and that would change the part behind our back, for example `MLFLOW_` or `PG`.
 */
export function hostEnvironment(dropPrefixes: readonly string[] = []): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !dropPrefixes.some((prefix) => name.startsWith(prefix))),
  );
}
