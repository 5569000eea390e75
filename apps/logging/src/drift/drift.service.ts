import { Injectable } from '@nestjs/common';
import { ProblemError } from '@tidegate/schemas';
import type { DriftReader, FeatureWindow } from './drift-reader';
import type { FeatureBins } from './feature-bins';
import type { LayoutDocument } from './feature-layout';
import {
  driftVerdict,
  EMPTY_BIN_SHARE,
  populationStability,
  sum,
  type DriftVerdict,
} from './population-stability';

export interface DriftQuery {
  readonly model: string;
  /** @default the version whose bins were frozen last */
  readonly version?: string | undefined;
  /** Whole hours, as all of them. Unix milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  /** @default `version` */
  readonly referenceVersion?: string | undefined;
  /** @default the first events of the reference version, its baseline */
  readonly reference?: { readonly fromMs: number; readonly toMs: number } | undefined;
}

export interface FeatureDrift {
  readonly feature: string;
  readonly kind: FeatureBins['kind'];
  /** Null when it cannot be told: an empty window, or bins that differ between the versions. */
  readonly psi: number | null;
  readonly verdict: DriftVerdict | 'no_data' | 'not_comparable';
  /** Numeric: bin i reaches up to `edges[i]`, included; the last one has no end. */
  readonly edges?: readonly number[];
  /** Category: one bin each. */
  readonly values?: readonly string[];
  /** Counts of the bins; the last two are `other` values and `missing`. */
  readonly counts: readonly number[];
  readonly reference_counts: readonly number[];
}

export interface Drift {
  readonly model: string;
  readonly version: string;
  readonly reference_version: string;
  readonly from: string;
  readonly to: string;
  /** Null: the baseline. */
  readonly reference_from: string | null;
  readonly reference_to: string | null;
  readonly count: number;
  readonly reference_count: number;
  readonly empty_bin_share: number;
  /** Scalars of the first events that are no features: too many, too deep or with too long a name. */
  readonly left_out: number;
  /** Most drifted first. */
  readonly features: readonly FeatureDrift[];
}

/** Compares the inputs and outputs of two windows, feature by feature. */
@Injectable()
export class DriftService {
  constructor(
    private readonly reader: DriftReader,
    private readonly baselineEvents: number,
    private readonly isOn: boolean,
  ) {}

  /** @throws ProblemError DRIFT_UNKNOWN. @throws DatabaseUnavailable */
  async drift(query: DriftQuery): Promise<Drift> {
    const { model } = query;
    const version = query.version ?? (await this.reader.newestVersion(model));
    const layout = version === undefined ? undefined : await this.reader.layout(model, version);
    if (version === undefined || !layout) throw await this.unknown(model, query.version);
    const referenceVersion = query.referenceVersion ?? version;
    const referenceLayout =
      referenceVersion === version ? layout : await this.reader.layout(model, referenceVersion);
    if (!referenceLayout) throw await this.unknown(model, referenceVersion);
    const current = await this.reader.window({ model, version }, layout, query.fromMs, query.toMs);
    const reference = query.reference
      ? await this.reader.window(
          { model, version: referenceVersion },
          referenceLayout,
          query.reference.fromMs,
          query.reference.toMs,
        )
      : baselineOf(referenceLayout);
    return {
      model,
      version,
      reference_version: referenceVersion,
      from: new Date(query.fromMs).toISOString(),
      to: new Date(query.toMs).toISOString(),
      reference_from: timeOrNull(query.reference?.fromMs),
      reference_to: timeOrNull(query.reference?.toMs),
      count: sum(current.counts[0] ?? []),
      reference_count: sum(reference.counts[0] ?? []),
      empty_bin_share: EMPTY_BIN_SHARE,
      left_out: layout.left_out,
      features: compareWindows(current, reference),
    };
  }

  private async unknown(model: string, version: string | undefined): Promise<ProblemError> {
    const name = version === undefined ? model : `${model} version ${version}`;
    if (!this.isOn)
      return new ProblemError('DRIFT_UNKNOWN', {
        detail: `No features of ${name} are counted: DRIFT is off.`,
      });
    const { seen } = await this.reader.progress(model, version);
    return new ProblemError('DRIFT_UNKNOWN', {
      detail: `The bins of ${name} are not frozen yet: ${seen} of ${this.baselineEvents} first events have come.`,
    });
  }
}

function baselineOf(layout: LayoutDocument): FeatureWindow {
  return { layout, counts: layout.features.map(({ baseline }) => baseline) };
}

function compareWindows(current: FeatureWindow, reference: FeatureWindow): FeatureDrift[] {
  const positions = new Map(reference.layout.features.map((feature, index) => [feature.name, index]));
  return current.layout.features
    .map((feature, index) => {
      const position = positions.get(feature.name);
      const other = position === undefined ? undefined : reference.layout.features[position];
      const referenceCounts = position === undefined ? [] : (reference.counts[position] ?? []);
      return driftOf(feature, current.counts[index] ?? [], other, referenceCounts);
    })
    .sort((a, b) => (b.psi ?? -1) - (a.psi ?? -1) || (a.feature < b.feature ? -1 : 1));
}

function driftOf(
  feature: FeatureBins,
  counts: readonly number[],
  other: FeatureBins | undefined,
  referenceCounts: readonly number[],
): FeatureDrift {
  const isComparable = other !== undefined && binsText(feature) === binsText(other);
  const psi = isComparable ? populationStability(counts, referenceCounts) : null;
  return {
    feature: feature.name,
    kind: feature.kind,
    psi,
    verdict: psi === null ? (isComparable ? 'no_data' : 'not_comparable') : driftVerdict(psi),
    ...(feature.kind === 'numeric' ? { edges: feature.edges } : { values: feature.values }),
    counts,
    reference_counts: isComparable ? referenceCounts : [],
  };
}

function binsText(feature: FeatureBins): string {
  return JSON.stringify(feature.kind === 'numeric' ? feature.edges : feature.values);
}

function timeOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
