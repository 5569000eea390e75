import type { Worker } from 'node:worker_threads';

/** Threads that may be inside native code right now. */
const inNative = new Set<Worker>();
const LAST_WRITES_MS = 100;
let isArmed = false;

/**
 * To be called around everything a worker thread does in onnxruntime. Node stops the threads that are left when a process
 * exits, and waits for them: a thread in the middle of a native run lets the process hang for as long as the run lasts,
 * and then abort ("terminate called after throwing an instance of 'Napi::Error'"). Such a process ends by SIGKILL.
 */
export function entersNative(worker: Worker): void {
  inNative.add(worker);
  if (isArmed) return;
  isArmed = true;
  process.on('exit', () => {
    if (inNative.size === 0) return;
    // The last log lines may be on their way in a thread of libuv: nothing can be awaited here.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LAST_WRITES_MS);
    process.kill(process.pid, 'SIGKILL');
  });
}

export function leavesNative(worker: Worker): void {
  inNative.delete(worker);
}
