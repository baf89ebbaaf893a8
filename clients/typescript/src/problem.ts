import type { components } from './schema.js';

/** The body of every error response. */
export type Problem = components['schemas']['Problem'];

/** The problem that a call failed with, as an error. Its message is a sentence for the user. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  /** The problem, and the milliseconds to wait before the same call makes sense again, if the API says so. */
  constructor(readonly problem: Problem, readonly retryAfter: number | undefined) {
    super(problem.detail);
  }
  /** Stable and machine-readable; 'unknown' of what is not the API's answer, a proxy's for example. */
  get code(): string {
    return this.problem.code;
  }
  /** The HTTP status. */
  get status(): number {
    return this.problem.status;
  }
}

/** Returns the error of a response and of its body, which is JSON or anything else. */
export function problemOf(response: Response, body: unknown): ProblemError {
  const problem = isProblem(body) ? body : {
    type: 'about:blank', title: response.statusText, status: response.status, code: 'unknown',
    detail: `The server answered ${response.status}.`,
  };
  return new ProblemError(problem, retryAfter(response));
}

/** The milliseconds that a response asks to wait for. */
export function retryAfter(response: Response): number | undefined {
  const seconds = response.headers.get('Retry-After') ?? '';
  return /^\d+$/.test(seconds) ? Number(seconds) * 1000 : undefined;
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'detail' in value;
}
