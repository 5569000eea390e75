import { z } from 'zod';

/** Of the containers (ECS) and of the targets (load balancer). */
export const healthSettings = z.strictObject({
  container: z
    .strictObject({
      startPeriodSeconds: z.int().min(0).max(300).default(90),
      intervalSeconds: z.int().min(5).max(300).default(30),
      timeoutSeconds: z.int().min(2).max(60).default(10),
      retries: z.int().min(1).max(10).default(3),
    })
    .prefault({}),
  loadBalancer: z
    .strictObject({
      intervalSeconds: z.int().min(5).max(300).default(30),
      timeoutSeconds: z.int().min(2).max(120).default(10),
      healthyThreshold: z.int().min(2).max(10).default(2),
      unhealthyThreshold: z.int().min(2).max(10).default(3),
    })
    .prefault({}),
  /** After a start: how long a failing target does not count against the task. */
  gracePeriodSeconds: z.int().min(0).default(120),
});

/** How a task stops: not ready, grace, drain, killed. Each leaves time for the one before it. */
export const shutdownSettings = z.strictObject({
  /** Still serves while `/ready` says 503, so that names and targets are given up first. */
  readinessGraceSeconds: z.int().min(0).default(10),
  /** Time for running requests and buffers. */
  drainTimeoutSeconds: z.int().min(1).default(20),
  /** From SIGTERM to SIGKILL; Fargate allows 120 at most. */
  stopTimeoutSeconds: z.int().min(2).max(120).default(45),
  /** How long the load balancer lets a target finish. */
  deregistrationDelaySeconds: z.int().min(0).max(3600).default(30),
});
