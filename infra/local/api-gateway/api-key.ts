/** A key that lets its bearer in to the APIs of the usage plans that it is in. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly value: string;
  enabled: boolean;
}
