export type { SpoolRecord } from './record-format';
export { Spool, type SpoolBatch, type SpoolObserver, type SpoolOptions, type SpoolStats } from './spool';
export { SpoolError, type SpoolErrorCode } from './spool-error';
