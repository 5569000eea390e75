import type { FeatureLayout } from './feature-layout';

/** A layout takes some 20 to 200 KB. */
const MAX_LAYOUTS = 200;

/** Frozen layouts by model version; those not asked for the longest are forgotten. */
export class LayoutCache {
  private readonly layouts = new Map<string, FeatureLayout>();

  get(key: string): FeatureLayout | undefined {
    const layout = this.layouts.get(key);
    if (layout === undefined) return undefined;
    this.layouts.delete(key);
    this.layouts.set(key, layout);
    return layout;
  }

  set(key: string, layout: FeatureLayout): void {
    this.layouts.set(key, layout);
    const oldest = this.layouts.keys().next();
    if (this.layouts.size > MAX_LAYOUTS && !oldest.done) this.layouts.delete(oldest.value);
  }
}
