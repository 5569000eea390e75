/** One task of an Nx run. */
export interface TaskOutcome {
  project: string;
  target: string;
  /** 0 when it succeeded or was answered from the cache. */
  exitCode: number;
}

/** What is read from a result file of `jest --json`. */
export interface JestResults {
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { fullName: string; status: string; failureMessages?: string[] | null }[];
  }[];
}

/** A line for the reader: which test or task, and what is known about it. */
export interface Finding {
  title: string;
  detail: string;
}

export interface Summary {
  passed: number;
  failures: Finding[];
  skips: Finding[];
}

/** The file under `test-results/<project>/` in which each kind of test leaves its results. */
export const RESULT_FILES: Readonly<Record<string, string>> = {
  test: 'unit.json',
  'int-test': 'int.json',
  e2e: 'e2e.json',
};

/**
 * Sums what the tasks did. A task that runs no tests counts only when it failed, as one failure; so does a task of
 * tests that left no results, or that failed although its tests did not.
 *
 * @param resultsOf the results a task left, undefined when there are none
 */
export function summarise(
  tasks: readonly TaskOutcome[],
  resultsOf: (task: TaskOutcome) => JestResults | undefined,
): Summary {
  const summaries = tasks.map((task) =>
    task.target in RESULT_FILES ? summariseTests(task, resultsOf(task)) : summariseTask(task),
  );
  return {
    passed: summaries.reduce((sum, { passed }) => sum + passed, 0),
    failures: summaries.flatMap(({ failures }) => failures),
    skips: summaries.flatMap(({ skips }) => skips),
  };
}

/** Turns skipped tests into failures. */
export function failSkips({ passed, failures, skips }: Summary): Summary {
  const failed = skips.map(({ title, detail }) => ({
    title,
    detail: `skipped, which fails with CI=true\n${detail}`,
  }));
  return { passed, failures: [...failures, ...failed], skips: [] };
}

/** The last line of a run. */
export function lastLine({ passed, failures, skips }: Summary): string {
  return `${passed} passed, ${failures.length} failed, ${skips.length} skipped`;
}

/** 1 when something failed, and when nothing passed: a run without tests proves nothing. */
export function exitCodeOf({ passed, failures }: Summary): number {
  return failures.length > 0 || passed === 0 ? 1 : 0;
}

function summariseTask({ project, target, exitCode }: TaskOutcome): Summary {
  if (exitCode === 0) return { passed: 0, failures: [], skips: [] };
  return {
    passed: 0,
    failures: [{ title: `${project}:${target}`, detail: 'failed, see its output above' }],
    skips: [],
  };
}

function summariseTests(task: TaskOutcome, results: JestResults | undefined): Summary {
  const name = `${task.project}:${task.target}`;
  if (results === undefined) {
    return {
      passed: 0,
      failures: [{ title: name, detail: 'left no results, see its output above' }],
      skips: [],
    };
  }
  const summary: Summary = { passed: 0, failures: [], skips: [] };
  for (const file of results.testResults) addFile(summary, name, file);
  if (task.exitCode !== 0 && summary.failures.length === 0) {
    summary.failures.push({
      title: name,
      detail: 'ended with an error although no test failed, see its output above',
    });
  }
  return summary;
}

function addFile(summary: Summary, taskName: string, file: JestResults['testResults'][number]): void {
  const failuresBefore = summary.failures.length;
  for (const test of file.assertionResults) {
    const title = `${taskName} ${test.fullName}`;
    if (test.status === 'passed') summary.passed++;
    else if (test.status === 'failed')
      summary.failures.push({ title, detail: (test.failureMessages ?? []).join('\n') });
    else summary.skips.push({ title, detail: `${test.status} in ${file.name}` });
  }
  // A file that cannot be loaded has no tests, only a message.
  if (file.status === 'failed' && summary.failures.length === failuresBefore) {
    summary.failures.push({ title: `${taskName} ${file.name}`, detail: file.message });
  }
}
