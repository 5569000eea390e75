import type { ServiceName } from './service-names';

export interface StackService {
  readonly url: string;
  /** Null when the service runs but not as our child: `nx serve`, or the server of DATABASE_URL. */
  readonly pid: number | null;
}

/** `stack.json`, which scripts and tests read: what runs where, and a key to use it. */
export interface StackFile {
  readonly pid: number;
  readonly services: { readonly [service in Exclude<ServiceName, 'redis'>]: StackService } & {
    readonly redis?: StackService;
  };
  readonly apiKey: string;
  /** For managing keys: `tidegate keys … --local`. */
  readonly adminKey: string;
}

export function formatStackFile(stack: StackFile): string {
  return `${JSON.stringify(stack, null, 2)}\n`;
}
