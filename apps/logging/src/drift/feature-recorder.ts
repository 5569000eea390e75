import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import { versionKey } from '../store/model-version';
import type { InsertedRowsRecorder } from '../store/prediction-writer';
import type { StorableEvent } from '../store/storable-event';
import {
  countFirst,
  insertLayout,
  insertParts,
  loadLayouts,
  lockBaselines,
  newestLayout,
  noteFirst,
  takeFirst,
  type VersionEvents,
} from './baseline-statements';
import { FeatureLayout } from './feature-layout';
import { FeatureTally, type FeaturePart } from './feature-tally';
import { fitLayout } from './fit-layout';
import { LayoutCache } from './layout-cache';

export interface FeatureSettings {
  /** How many first events of a model version decide its bins. */
  readonly driftBaselineEvents: number;
  readonly maxFeatures: number;
}

/** What is known of a batch before it is inserted. */
interface CountedFeatures {
  readonly parts: readonly FeaturePart[];
  /** Versions this process has no bins of. */
  readonly unknown: readonly VersionEvents[];
}

/** About a millisecond of counting. */
const EVENTS_PER_TURN = 100;

/**
 * Counts the features of inserted rows, in the transaction that inserts them. The first events of a model version are
 * only noted, one transaction at a time; the one that completes them freezes the bins and counts them all. So every row is
 * counted once, whatever the number of processes. Afterwards the bins are in memory and nobody waits for anybody.
 */
export class FeatureRecorder implements InsertedRowsRecorder<CountedFeatures> {
  private readonly layouts = new LayoutCache();

  constructor(private readonly settings: FeatureSettings) {}

  /** Without the database, in small steps, so that it goes on beside the insert. */
  async count(events: readonly StorableEvent[]): Promise<CountedFeatures> {
    const tallies = new Map<string, FeatureTally>();
    const unknown = new Map<string, VersionEvents>();
    for (const [index, event] of events.entries()) {
      if (index % EVENTS_PER_TURN === 0) await nextTurn();
      const { model, version } = event;
      const key = versionKey(event);
      let tally = tallies.get(key);
      const layout = tally || unknown.has(key) ? undefined : this.layouts.get(key);
      if (layout) tallies.set(key, (tally = new FeatureTally(model, version, layout)));
      if (tally) tally.add(event);
      else if (unknown.has(key)) unknown.get(key)?.events.push(event);
      else unknown.set(key, { model, version, events: [event] });
    }
    const parts = [...tallies.values()].flatMap((tally) => tally.parts());
    return { parts, unknown: [...unknown.values()] };
  }

  async record(client: PoolClient, { parts, unknown }: CountedFeatures): Promise<void> {
    const more = unknown.length === 0 ? [] : await this.recordUnknown(client, unknown);
    await insertParts(client, [...parts, ...more]);
  }

  /** Frozen by another process meanwhile, or still to be frozen. */
  private async recordUnknown(client: PoolClient, groups: readonly VersionEvents[]): Promise<FeaturePart[]> {
    await lockBaselines(client, groups);
    const frozen = new Map<string, FeatureLayout>();
    for (const row of await loadLayouts(client, groups))
      frozen.set(versionKey(row), new FeatureLayout(row.layout));
    for (const [key, layout] of frozen) this.layouts.set(key, layout);
    const parts: FeaturePart[] = [];
    const unfrozen: VersionEvents[] = [];
    for (const group of groups) {
      const layout = frozen.get(versionKey(group));
      if (layout) parts.push(...partsOf(group.model, group.version, layout, group.events));
      else unfrozen.push(group);
    }
    if (unfrozen.length === 0) return parts;
    await noteFirst(client, unfrozen);
    for (const { model, version, count } of await countFirst(client, unfrozen))
      if (count >= this.settings.driftBaselineEvents)
        parts.push(...(await this.freeze(client, model, version)));
    return parts;
  }

  /** The layout is not remembered here: only the commit makes it true. */
  private async freeze(client: PoolClient, model: string, version: string): Promise<FeaturePart[]> {
    const events = await takeFirst(client, model, version);
    const document = fitLayout(events, this.settings.maxFeatures, await newestLayout(client, model));
    await insertLayout(client, model, version, document);
    return partsOf(model, version, new FeatureLayout(document), events);
  }
}

function partsOf(
  model: string,
  version: string,
  layout: FeatureLayout,
  events: Parameters<FeatureTally['add']>[0][],
): FeaturePart[] {
  const tally = new FeatureTally(model, version, layout);
  for (const event of events) tally.add(event);
  return tally.parts();
}
