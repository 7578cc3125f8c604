/** An inventory of accounts on AWS, and the clients that it reads with. */
export * from './assumed-role-clients.ts';
export * from './aws-resource-inventory.ts';
