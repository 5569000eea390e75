import { readFileSync } from 'node:fs';
import path from 'node:path';
import { workspaceRoot } from '@tidegate/testing';

/** The blocks for a shell below a heading of a guide, in their order. */
export function guideSteps(document: string, heading: string): string[] {
  const text = readFileSync(path.join(workspaceRoot, document), 'utf8');
  const [, section = ''] = text.split(new RegExp(`^#+ ${heading}$`, 'm'));
  const [own = ''] = section.split(/^#+ /m);
  const blocks = [...own.matchAll(/^( *)```sh\n(.*?)^\1```/gms)].map(([, indent = '', block = '']) =>
    block.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );
  if (blocks.length === 0) throw new Error(`${document} has no commands below "${heading}".`);
  return blocks;
}
