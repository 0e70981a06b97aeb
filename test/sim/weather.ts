/** What goes wrong in a world, each a probability for every single time. All zero: a fine day. */
export interface Weather {
  /** A frame never arrives, and nobody is told. */
  frameLost: number;
  /** A frame arrives twice. */
  frameRepeated: number;
  /** A frame is overtaken by later ones. */
  frameLate: number;
  /** A post says that it failed, and did. */
  postFails: number;
  /** A Lambda dies at one of its steps. */
  lambdaDies: number;
  /** After one that died so long none does. */
  deathsApartMs: number;
  /** A call to the table fails, before or after it took effect. */
  tableFails: number;
  /** A call to S3 of a Lambda fails, before or after it took effect. */
  bucketFails: number;
  /** A PUT of a part is refused for a reason of the store's own. */
  putRefused: number;
  /** A PUT of a part is stored and its answer lost. */
  putUnanswered: number;
  /** Lambdas disagree about the time by so much, in milliseconds. */
  lambdaSkewMs: number;
}

export const FINE: Weather = {
  frameLost: 0,
  frameRepeated: 0,
  frameLate: 0,
  postFails: 0,
  lambdaDies: 0,
  deathsApartMs: 0,
  tableFails: 0,
  bucketFails: 0,
  putRefused: 0,
  putUnanswered: 0,
  lambdaSkewMs: 0,
};
