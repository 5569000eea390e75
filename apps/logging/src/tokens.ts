/** Injection tokens of what has no class of its own. */
export const CLOCK = Symbol('Clock');
/** For whoever reads, and for work in the background. */
export const POOL = Symbol('Pool');
/** For commits, the replay of the spool and checks, so that reads cannot take their connections. */
export const WRITE_POOL = Symbol('WritePool');
/** For partitions and retention, which may wait for locks. */
export const UPKEEP_POOL = Symbol('UpkeepPool');
export const DATABASE_PROBE = Symbol('DatabaseProbe');
export const FEATURE_MERGING = Symbol('FeatureMerging');
export const FEEDBACK_RECONCILING = Symbol('FeedbackReconciling');
export const REPLAYING = Symbol('Replaying');
export const RETAINING = Symbol('Retaining');
