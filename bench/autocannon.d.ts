declare module "autocannon" {
  type Options = {
    url: string;
    headers?: Record<string, string>;
    connections: number;
    pipelining: number;
    /** Seconds. */
    duration: number;
    /** Sent in turn. */
    requests?: readonly { method: string; path: string; headers: Record<string, string> }[];
  };
  /** What this project reads of autocannon's result. */
  type Result = { requests: { total: number }; errors: number; non2xx: number };
  export default function autocannon(options: Options): Promise<Result>;
}
