export type { SpoolRecord } from './record-format';
export { type OpenSpool, ReopeningSpool, type ReopeningSpoolObserver } from './reopening-spool';
export type { SetAsideEntry } from './set-aside';
export { Spool, type SpoolBatch, type SpoolObserver, type SpoolOptions, type SpoolStats } from './spool';
export { SpoolError, type SpoolErrorCode } from './spool-error';
