import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Closes the connections of a server over which nothing is being asked. */
export type CloseIdleConnections = () => void;

/**
 * Watches a server's connections from now on. Node's own `closeIdleConnections` leaves those that never carried a byte,
 * such as a browser opens in advance: one of them would keep a stop waiting until its time is over.
 */
export function watchConnections(server: Server): CloseIdleConnections {
  const connections = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  return () => {
    server.closeIdleConnections();
    for (const socket of connections) if (socket.bytesRead === 0) socket.destroy();
  };
}
