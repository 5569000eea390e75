/** Rows of the tables; the goals are about some of them. */
export const LABELS = {
  logging: 'logging',
  oneCommitEach: 'logging, one transaction per request',
  copy: 'COPY, no duplicates looked for, nothing counted',
} as const;
