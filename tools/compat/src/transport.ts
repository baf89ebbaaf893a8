// The client's transport: how the front end sends requests and handles responses.
import axios, { AxiosError, type AxiosInstance, type InternalAxiosRequestConfig } from "axios";

export type TokenGetter = () => Promise<string | null>;

/** A 5xx response, of which the interface shows no detail. */
export class ConnectionError extends Error {
  override name = "ConnectionError";
}

/** No response, or none in time. */
export class NetworkError extends Error {
  override name = "NetworkError";
}

/** Limits of the front end; tests use shorter ones. */
export interface Limits {
  timeout: number; // ms, of an ordinary call
  aiTimeout: number; // ms, of a call that asks a model
  openFor: number; // ms that the breaker stays open the first time; it doubles
  openAtMost: number; // ms
}

export const limits: Limits = { timeout: 60_000, aiTimeout: 180_000, openFor: 5_000, openAtMost: 60_000 };

/** Breaker refuses every call for a while after a server has failed. */
class Breaker {
  private until = 0;
  private pause: number;
  constructor(private readonly limits: Limits) {
    this.pause = limits.openFor;
  }
  refuseWhileOpen() {
    if (Date.now() < this.until) throw new NetworkError("The server failed a moment ago; calls wait until it has recovered.");
  }
  failed() {
    this.until = Date.now() + this.pause;
    this.pause = Math.min(this.pause * 2, this.limits.openAtMost);
  }
  succeeded() {
    this.pause = this.limits.openFor;
  }
}

/** Transport holds the two instances that the onboarding uses. */
export interface Transport {
  api: AxiosInstance;
  ai: AxiosInstance;
}

export function newTransport(baseURL: string, token: TokenGetter, l: Limits = limits): Transport {
  const breaker = new Breaker(l);
  const make = (timeout: number) => {
    const instance = axios.create({ baseURL, timeout, headers: { "Content-Type": "application/json" } });
    instance.interceptors.request.use(async (config) => {
      breaker.refuseWhileOpen();
      const current = await token();
      if (current) config.headers.set("Authorization", `Bearer ${current}`);
      return config;
    });
    instance.interceptors.response.use(
      (response) => {
        breaker.succeeded();
        return response;
      },
      (error: AxiosError) => afterError(instance, breaker, token, error),
    );
    return instance;
  };
  return { api: make(l.timeout), ai: make(l.aiTimeout) };
}

type Repeatable = InternalAxiosRequestConfig & { repeated?: boolean };

/** afterError maps errors, and repeats a request once with a new token after a 401. */
async function afterError(instance: AxiosInstance, breaker: Breaker, token: TokenGetter, error: AxiosError) {
  if (!(error instanceof AxiosError)) throw error; // the breaker's
  if (!error.response) {
    breaker.failed();
    throw new NetworkError("Unable to connect to the server.");
  }
  if (error.response.status >= 500) {
    breaker.failed();
    throw new ConnectionError("The server is experiencing issues.");
  }
  const request = error.config as Repeatable;
  if (error.response.status === 401 && !request.repeated) {
    request.repeated = true;
    if (await token()) return instance(request);
  }
  throw error;
}

const attempts = 3;
const longestPause = 5_000; // ms

/** withRateLimit repeats a call after a 429, when the seconds of its body are over. */
export async function withRateLimit<T>(call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof AxiosError) || error.response?.status !== 429) throw error;
      const seconds = error.response.data?.retry_after || 60;
      await new Promise((done) => setTimeout(done, Math.min(seconds * 1000, longestPause)));
      if (attempt === attempts) throw error;
    }
  }
}
