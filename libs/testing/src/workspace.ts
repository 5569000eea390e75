import path from 'node:path';

/** The root of the repository; tests are run from source. */
export const workspaceRoot = path.resolve(__dirname, '..', '..', '..');
