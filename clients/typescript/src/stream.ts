import { ProblemError, problemOf, retryAfter } from './problem.js';
import { pause, type Send } from './retry.js';
import type { components } from './schema.js';

/** One event of the live progress. */
export type StreamEvent =
  | { event: 'step'; id: string; data: components['schemas']['StepEventBody'] }
  | { event: 'session'; data: components['schemas']['SessionEventBody'] };

export interface StreamOptions {
  /** The last id that was seen: missed events come first. */
  lastEventId?: string;
  /** Ends the stream. */
  signal?: AbortSignal;
}

const path = '/api/onboarding/events';

/** Heartbeats come every 10 s: a stream that is silent for so many milliseconds is dead. */
const silence = 30_000;

/**
 * Yields the events of the live progress. It reconnects after the time that the server asks for and continues after the
 * last event. It throws a ProblemError when the server refuses, for example because the token is not accepted.
 */
export async function* streamEvents(
  baseUrl: string, send: Send, { lastEventId, signal }: StreamOptions = {},
): AsyncGenerator<StreamEvent> {
  const position = { id: lastEventId ?? '', retry: 1000 };
  while (!signal?.aborted) {
    let wait: number | undefined;
    const connection = new AbortController();
    const close = (): void => connection.abort();
    signal?.addEventListener('abort', close);
    try {
      const headers = new Headers({ Accept: 'text/event-stream' });
      if (position.id !== '') {
        headers.set('Last-Event-ID', position.id);
      }
      const response = await send(new Request(baseUrl + path, { headers, signal: connection.signal }));
      wait = retryAfter(response);
      if (!response.ok && response.status < 500 && wait === undefined) {
        throw problemOf(response, await response.json().catch(() => undefined));
      }
      if (response.ok && response.body !== null) {
        yield* read(response.body, position, close);
      }
    } catch (error) {
      if (error instanceof ProblemError) {
        throw error;
      }
    } finally {
      signal?.removeEventListener('abort', close);
      close();
    }
    await pause(wait ?? position.retry, signal);
  }
}

/** Reads server-sent events but for heartbeats and remembers the last position. It closes a stream that is silent. */
async function* read(
  body: ReadableStream<Uint8Array>, position: { id: string; retry: number }, close: () => void,
): AsyncGenerator<StreamEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let watchdog = setTimeout(close, silence);
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      clearTimeout(watchdog);
      text += decoder.decode(chunk.value, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = parse(block, position);
        if (event !== undefined) {
          yield event;
        }
      }
      watchdog = setTimeout(close, silence);
    }
  } finally {
    clearTimeout(watchdog);
    await reader.cancel().catch(() => undefined);
  }
}

function parse(block: string, position: { id: string; retry: number }): StreamEvent | undefined {
  const fields: Record<string, string> = {};
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) {
      fields[line.slice(0, colon)] = line.slice(colon + 1).trimStart();
    }
  }
  position.id = fields['id'] ?? position.id;
  position.retry = Number(fields['retry'] ?? position.retry);
  if (fields['event'] === undefined || fields['event'] === 'heartbeat' || fields['data'] === undefined) {
    return undefined;
  }
  return { event: fields['event'], id: fields['id'], data: JSON.parse(fields['data']) } as StreamEvent;
}
