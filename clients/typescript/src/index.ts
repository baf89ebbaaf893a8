/**
 * A client of the ALwrity onboarding API. Paths, bodies and responses are typed by
 * schema.ts, which is generated from the API's OpenAPI document.
 */
import createFetchClient, { type Client } from 'openapi-fetch';
import type { components, paths } from './schema.js';
import { streamEvents, type StreamEvent, type StreamOptions } from './stream.js';

export type { components, operations, paths } from './schema.js';
export { verifyWebhook, WebhookRefused } from './webhooks.js';
export { streamEvents, type StreamEvent, type StreamOptions } from './stream.js';

/** The body of every error response. */
export type Problem = components['schemas']['Problem'];

/** A token, or a function that returns a valid one: it is called before every request. */
export type Token = string | (() => string | Promise<string>);

export interface Options {
  /** Address of the API without a path: https://api.example.com */
  baseUrl: string;
  token: Token;
  /** Another fetch than the global one. */
  fetch?: typeof fetch;
}

/** The problem that a call failed with, as an error. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
  /** Stable and machine-readable. */
  get code(): string {
    return this.problem.code;
  }
  /** Milliseconds to wait before repeating the call, if the API says so. */
  get retryAfter(): number | undefined {
    return this.problem.retry_after === undefined ? undefined : this.problem.retry_after * 1000;
  }
}

/** The typed calls, and the live progress. */
export interface OnboardingClient extends Client<paths> {
  /** Follows the user's progress until the signal ends it; reconnects without a gap. */
  events(options?: StreamOptions): AsyncGenerator<StreamEvent>;
}

/** Returns a client that signs every request with the token. */
export function createClient(options: Options): OnboardingClient {
  const send = options.fetch ?? globalThis.fetch;
  const signed = async (request: Request): Promise<Response> => {
    request.headers.set('Authorization', `Bearer ${await tokenOf(options.token)}`);
    return send(request);
  };
  const client = createFetchClient<paths>({ baseUrl: options.baseUrl, fetch: signed });
  return Object.assign(client, {
    events: (stream: StreamOptions = {}) => streamEvents(options.baseUrl, signed, stream),
  });
}

/**
 * Returns the data of a call, or throws its problem:
 * `const status = await take(client.GET('/api/onboarding/status'))`.
 */
export async function take<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (response.ok) {
    return data as T;
  }
  throw new ProblemError(isProblem(error) ? error : unknownProblem(response));
}

function tokenOf(token: Token): string | Promise<string> {
  return typeof token === 'string' ? token : token();
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'detail' in value;
}

/** The problem of a response that is not the API's, a proxy's for example. */
function unknownProblem(response: Response): Problem {
  return {
    type: 'about:blank', title: response.statusText, status: response.status, code: 'unknown',
    detail: `The server answered ${response.status}.`,
  };
}
