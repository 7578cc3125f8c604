/** A request to an emulated service, its body read. */
export interface ServiceRequest {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Of the signature's credential scope; `us-east-1` of services that have no regions. */
  readonly region: string;
}

export interface ServiceAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An emulated service of the account: every action that it does not know, it answers with 501, `NotImplemented`. */
export type LocalService = (request: ServiceRequest) => ServiceAnswer | Promise<ServiceAnswer>;
