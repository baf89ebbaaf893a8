/**
 * A client of the ALwrity onboarding API. Paths, bodies and responses are typed by
 * schema.ts, which is generated from the API's OpenAPI document.
 */
import createFetchClient, { type Client } from 'openapi-fetch';
import { problemOf } from './problem.js';
import { withRetries, type RetryOptions } from './retry.js';
import type { paths } from './schema.js';
import { streamEvents, type StreamEvent, type StreamOptions } from './stream.js';

export { ProblemError, type Problem } from './problem.js';
export type { RetryOptions } from './retry.js';
export type { components, operations, paths } from './schema.js';
export type { StreamEvent, StreamOptions } from './stream.js';
export { verifyWebhook, WebhookRefused } from './webhooks.js';

/** A token, or a function that returns a valid one: it is called before every request. */
export type Token = string | (() => string | Promise<string>);

export interface Options extends RetryOptions {
  /** Address of the API without a path: https://api.example.com */
  baseUrl: string;
  token: Token;
  /** Another fetch than the global one. */
  fetch?: typeof fetch;
}

/** The typed calls, and the live progress. */
export interface OnboardingClient extends Client<paths> {
  /** Follows the user's progress until the signal ends it; reconnects without a gap. */
  events(options?: StreamOptions): AsyncGenerator<StreamEvent>;
}

/**
 * Returns a client that signs every request with the token. A call is repeated if there was no answer, or one that asks
 * to come again.
 */
export function createClient(options: Options): OnboardingClient {
  const send = options.fetch ?? globalThis.fetch;
  const signed = async (request: Request): Promise<Response> => {
    request.headers.set('Authorization', `Bearer ${await tokenOf(options.token)}`);
    return send(request);
  };
  const client = createFetchClient<paths>({ baseUrl: options.baseUrl, fetch: withRetries(signed, options) });
  return Object.assign(client, {
    events: (stream: StreamOptions = {}) => streamEvents(options.baseUrl, signed, stream),
  });
}

/**
 * Returns the data of a call, or throws its problem as a ProblemError:
 * `const status = await take(client.GET('/api/onboarding/status'))`.
 */
export async function take<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (response.ok) {
    return data as T;
  }
  throw problemOf(response, error);
}

function tokenOf(token: Token): string | Promise<string> {
  return typeof token === 'string' ? token : token();
}
