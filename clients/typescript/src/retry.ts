import { retryAfter } from './problem.js';

export interface RetryOptions {
  /** How often a call is tried: 4. */
  attempts?: number;
  /** An answer that asks to wait for longer is returned at once: 60,000 ms. */
  longestWait?: number;
}

/** Sends one request. */
export type Send = (request: Request) => Promise<Response>;

/** These responses come from overload, proxies and restarts: the same request may succeed later. */
const passing = [429, 502, 503, 504];
const header = 'Idempotency-Key';

/**
 * Returns a function that repeats a request if there was no answer, or one that asks to come again. A POST has an
 * idempotency key, so that it is done once.
 */
export function withRetries(send: Send, { attempts = 4, longestWait = 60_000 }: RetryOptions): Send {
  return async (request) => {
    if (request.method === 'POST' && !request.headers.has(header)) {
      request.headers.set(header, randomKey());
    }
    for (let attempt = 1; ; attempt++) {
      const backoff = Math.min(500 * 2 ** (attempt - 1), longestWait) * (0.5 + Math.random() / 2);
      try {
        const response = await send(request.clone());
        let wait = passing.includes(response.status) ? backoff : undefined;
        if (response.status >= 400) {
          wait = retryAfter(response) ?? wait;
        }
        if (wait !== undefined && attempt < attempts && await keysAreUsedUp(response)) {
          request.headers.delete(header);
          wait = 0;
        }
        if (wait === undefined || wait > longestWait || attempt >= attempts) {
          return response;
        }
        await response.body?.cancel();
        await pause(wait, request.signal);
      } catch (error) {
        if (request.signal.aborted || attempt >= attempts || !(error instanceof TypeError)) {
          throw error; // fetch says by a TypeError that there was no answer
        }
        await pause(backoff, request.signal);
      }
      request.signal.throwIfAborted();
    }
  };
}

/** Waits, or until the signal says to stop. */
export function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener('abort', end);
  });
}

/** Reports whether the user has used up the idempotency keys of a day. */
async function keysAreUsedUp(response: Response): Promise<boolean> {
  return response.status === 429 && (await response.clone().text()).includes('"too_many_idempotency_keys"');
}

function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
