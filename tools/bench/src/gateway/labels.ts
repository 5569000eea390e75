/** What the goals are about; the others are rows for orientation. */
export const LABELS = {
  gateway: 'gateway',
  bare: 'bare node:http + undici',
  fastify: '@fastify/http-proxy',
  nginx: 'nginx',
  haproxy: 'HAProxy',
} as const;
