import { readFileSync } from 'node:fs';

/** The parts that `npm test` starts once for every project. */
export interface TestStack {
  postgres: { adminUrl: string };
  mlflow: { url: string; username: string; password: string };
}

/** The parts named by TIDEGATE_TEST_STACK (path of a JSON file); undefined when a test run has to start its own. */
export function sharedTestStack(): TestStack | undefined {
  const file = process.env['TIDEGATE_TEST_STACK'];
  return file === undefined ? undefined : (JSON.parse(readFileSync(file, 'utf8')) as TestStack);
}

/** The environment that joins a child process, such as `nx`, to the stack written to `file`. */
export function joinTestStack(file: string): NodeJS.ProcessEnv {
  return { ...process.env, TIDEGATE_TEST_STACK: file };
}
