import { readFileSync } from 'node:fs';
import path from 'node:path';
import { monitoringFolder } from './rule-files';

/** What docs/alerts.md says of one alert. */
export interface GuideSection {
  readonly alert: string;
  readonly severity: string | undefined;
  readonly commands: readonly string[];
  readonly remedies: readonly string[];
}

const guide = readFileSync(path.join(monitoringFolder, '../../docs/alerts.md'), 'utf8');

export function guideSections(): GuideSection[] {
  return guide
    .split(/^## /m)
    .slice(1)
    .map((section) => ({
      alert: section.slice(0, section.indexOf('\n')),
      severity: /^\*\*(\w+)\.\*\*/m.exec(section)?.[1]?.toLowerCase(),
      commands: commandsOf(section),
      remedies: section.match(/^- .*/gm) ?? [],
    }));
}

/** Every line of the guide that is meant for a shell. */
export function guideCommands(): string[] {
  return commandsOf(guide);
}

function commandsOf(text: string): string[] {
  return [...text.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = '']) => block.trim().split('\n'));
}
