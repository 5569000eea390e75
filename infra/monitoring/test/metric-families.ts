/** Name of a series → its label names, where there is such a series; of a family without series yet, no labels. */
export type SeriesLabels = Map<string, Set<string>>;

const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
};

/** Reads what `/metrics` of the processes say (text format 0.0.4). */
export async function scrape(urls: readonly string[]): Promise<SeriesLabels> {
  const labels: SeriesLabels = new Map();
  for (const url of urls) readMetrics(await (await fetch(`${url}/metrics`)).text(), labels);
  return labels;
}

export function readMetrics(text: string, labels: SeriesLabels): void {
  for (const [, name = '', type = ''] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm))
    for (const suffix of SUFFIXES[type] ?? [''])
      labels.set(name + suffix, labels.get(name + suffix) ?? new Set());
  for (const [, name = '', inBraces = ''] of text.matchAll(/^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+$/gm)) {
    const known = labels.get(name);
    if (known === undefined) throw new Error(`A series of no announced metric: ${name}`);
    for (const [, label = ''] of inBraces.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)) known.add(label);
  }
}
