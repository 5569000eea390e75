import path from 'node:path';
import type { Choice, Field, Fields } from '@tidegate/config';
import { format, resolveConfig } from 'prettier';

const root = path.resolve(__dirname, '../../..');
const SERVICES = ['api', 'inference', 'logging'] as const;

const HEAD = `# Configuration

Every setting of the three services, as their code has it. A setting is an environment variable; an empty one counts as unset.
A service that is given something wrong does not start, and names every problem at once. A **secret** may also come from the file
that \`<variable>_FILE\` names, and is never shown.

This page is made by \`npx tsx --tsconfig tsconfig.base.json tools/workspace-rules/src/write-configuration-document.ts\`.`;

/** `docs/configuration.md`, as the formatter leaves it. The sources of the apps are loaded as data, by their paths: nothing depends on apps. */
export async function configurationDocument(): Promise<string> {
  const sections = [];
  for (const service of SERVICES) sections.push(`## ${service}\n\n${tableOf(await fieldsOf(service))}`);
  const options = await resolveConfig(path.join(root, 'docs/configuration.md'));
  return format([HEAD, ...sections].join('\n\n'), { ...options, parser: 'markdown' });
}

async function fieldsOf(service: string): Promise<Fields> {
  const file = path.join(root, 'apps', service, 'src', `${service}.config.ts`);
  const exported = (await import(file)) as Record<string, Fields | undefined>;
  const fields = exported[`${service}Fields`];
  if (fields === undefined)
    throw new Error(`${file} exports no ${service}Fields, the settings of the service.`);
  return fields;
}

function tableOf(fields: Fields): string {
  return [
    '| variable | default | what |',
    '| --- | --- | --- |',
    ...Object.values(fields).flatMap((field) => ('forms' in field ? choiceRows(field) : [row(field)])),
  ].join('\n');
}

/** One of several ways to give the same. */
function choiceRows({ forms, description }: Choice<unknown>): string[] {
  return forms.flatMap(({ fields }, index) =>
    Object.values(fields).map((field) => row(field, index === 0 ? description : 'Instead: ')),
  );
}

function row({ variable, schema, description, isSecret }: Field<unknown>, before = ''): string {
  const unset = schema.safeParse(undefined);
  const standard = unset.success ? shown(unset.data) : 'required';
  const text = [before.trim(), description, isSecret ? '**Secret.**' : ''].filter(Boolean).join(' ');
  return `| \`${variable}\` | ${cell(standard)} | ${cell(text)} |`;
}

/** A default that is an object has been made of a text: of an empty one, or of what is built in. */
function shown(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'object') return Object.keys(value).length === 0 ? '' : 'built in';
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
