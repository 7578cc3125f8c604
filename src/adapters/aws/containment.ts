/** Threats contained on AWS, and the clients that calls are made with. */
export * from './aws-containment.ts';
export * from './containment-clients.ts';
