import { orUnavailable } from '@tidegate/database';
import type { Pool } from 'pg';
import { SqlConditions } from '../queries/sql-conditions';
import { FeatureLayout, type LayoutDocument } from './feature-layout';
import { parseCounts } from './parse-counts';

/** Features of a model version in a range of hours. */
export interface FeatureWindow {
  readonly layout: LayoutDocument;
  /** By feature, in the order of the layout: counts of its bins. */
  readonly counts: readonly (readonly number[])[];
}

/** How far a model version is on the way to its bins. */
export interface BaselineProgress {
  readonly seen: number;
}

interface PartRow {
  readonly bins: string | null;
  readonly counts: string;
}

/** Reads the counts of features; their cost depends on the hours, not on the predictions. */
export class DriftReader {
  constructor(private readonly pool: Pool) {}

  /** The version of the model that was frozen last. @throws DatabaseUnavailable */
  async newestVersion(model: string): Promise<string | undefined> {
    const { rows } = await orUnavailable(() =>
      this.pool.query<{ version: string }>(
        'SELECT version FROM feature_layouts WHERE model = $1 ORDER BY frozen_at DESC, version DESC LIMIT 1',
        [model],
      ),
    );
    return rows[0]?.version;
  }

  /** @throws DatabaseUnavailable */
  async layout(model: string, version: string): Promise<LayoutDocument | undefined> {
    const { rows } = await orUnavailable(() =>
      this.pool.query<{ layout: LayoutDocument }>(
        'SELECT layout FROM feature_layouts WHERE model = $1 AND version = $2',
        [model, version],
      ),
    );
    return rows[0]?.layout;
  }

  /** @throws DatabaseUnavailable */
  async progress(model: string, version: string | undefined): Promise<BaselineProgress> {
    const conditions = new SqlConditions();
    conditions.add('model = ?', [model]);
    if (version !== undefined) conditions.add('version = ?', [version]);
    const text = `SELECT count(*)::int AS seen FROM baseline_events ${conditions.where()}`;
    const { rows } = await orUnavailable(() => this.pool.query<BaselineProgress>(text, conditions.values));
    return rows[0] ?? { seen: 0 };
  }

  /**
   * Whole hours, from the merged rows and the parts that are not merged yet.
   *
   * @throws DatabaseUnavailable
   */
  async window(
    key: { readonly model: string; readonly version: string },
    document: LayoutDocument,
    fromMs: number,
    toMs: number,
  ): Promise<FeatureWindow> {
    const where = 'WHERE model = $1 AND version = $2 AND hour >= $3 AND hour < $4';
    const { rows } = await orUnavailable(() =>
      this.pool.query<PartRow>(
        `SELECT NULL AS bins, counts::text AS counts FROM feature_rollups ${where}
         UNION ALL SELECT bins::text, counts::text FROM feature_parts ${where}`,
        [key.model, key.version, new Date(fromMs).toISOString(), new Date(toMs).toISOString()],
      ),
    );
    const layout = new FeatureLayout(document);
    const sums = new Float64Array(layout.size);
    for (const row of rows) addRow(sums, row);
    return {
      layout: document,
      counts: layout.offsets.map((offset, index) => [...sums.slice(offset, layout.offsets[index + 1])]),
    };
  }
}

function addRow(sums: Float64Array, row: PartRow): void {
  const bins = row.bins === null ? undefined : parseCounts(row.bins);
  parseCounts(row.counts).forEach((count, index) => {
    const bin = bins ? (bins[index] ?? 0) : index;
    sums[bin] = (sums[bin] ?? 0) + count;
  });
}
