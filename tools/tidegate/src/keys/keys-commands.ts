import type { Clock } from '@tidegate/clock';
import type { ApiKeyView, NewApiKeyView } from '@tidegate/schemas';
import { apiAccess, isReadableOnTheWay } from './api-access';
import { accessFromEnvironment } from './api-access.config';
import { keyTable } from './key-table';
import { KEYS_HELP, type KeysCommand } from './keys-command-line';
import { KeysApi } from './keys-api';

export interface KeysContext {
  readonly workspaceRoot: string;
  readonly clock: Clock;
  /** To standard output. */
  readonly print: (line: string) => void;
  /** For people only, to standard error: what is printed can be captured. */
  readonly note: (line: string) => void;
}

/** `tidegate keys …` */
export async function keys(command: KeysCommand, context: KeysContext): Promise<void> {
  const { workspaceRoot, print, note } = context;
  if (command.name === 'keys help') return print(KEYS_HELP);
  const access = await apiAccess(command, workspaceRoot, accessFromEnvironment());
  if (isReadableOnTheWay(access.url))
    note(`Warning: keys travel unencrypted to ${access.url}. Expected https outside of this machine.`);
  const api = new KeysApi(access);
  switch (command.name) {
    case 'keys create':
      return showNew(command, await api.create(command.key), context);
    case 'keys rotate': {
      const successor = await api.rotate(command.id, command.rotation);
      showNew(command, successor, context);
      note(`Key ${command.id} goes on for the overlap; "tidegate keys list" says until when.`);
      return;
    }
    case 'keys revoke':
      return show(command, await api.revoke(command.id), context);
    case 'keys list':
      return show(command, await api.list(command), context);
  }
}

function show(
  { isJson }: KeysCommand,
  answer: ApiKeyView | readonly ApiKeyView[],
  { clock, print }: KeysContext,
): void {
  if (isJson) return print(JSON.stringify(answer, null, 2));
  for (const line of keyTable([answer].flat(), clock.nowMs())) print(line);
}

/** The key alone on standard output, so that `KEY=$(tidegate keys create …)` works. */
function showNew({ isJson }: KeysCommand, answer: NewApiKeyView, { clock, print, note }: KeysContext): void {
  if (isJson) print(JSON.stringify(answer, null, 2));
  else {
    for (const line of keyTable([answer], clock.nowMs())) note(line);
    print(answer.key);
  }
  note('This is the only time the key is shown: put it where it is kept, now.');
}
