import { findRedisServer, startRedis } from '@tidegate/local-parts';
import type { StackContext } from './stack-context';

/** @returns the URL, or undefined when this machine has no redis-server: the stack works without it */
export async function startRedisWhenFound(
  context: StackContext,
  venvDir: string,
): Promise<string | undefined> {
  const { options, paths, supervisor, progress, stopSignal } = context;
  stopSignal.throwIfAborted();
  const redisServer = await findRedisServer(venvDir);
  if (redisServer === undefined) {
    progress.line('- No redis-server found: going on without Redis, which is optional');
    return undefined;
  }
  return progress.step('Redis answers', async () => {
    const redis = await startRedis({
      redisServer,
      dataDir: paths.redisDir,
      port: options.ports.redis,
      logFile: paths.logFile('redis'),
    });
    supervisor.watch('redis', redis.process);
    return redis.url;
  });
}
