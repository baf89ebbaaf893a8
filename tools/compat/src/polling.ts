// Polls a persona task, with the limits at which the interface gives up.

export interface Task {
  status: string;
  progress: number;
  current_step: string;
  progress_messages: { timestamp: string; message: string; progress?: number }[];
  result?: any;
  error?: string;
}

export const unchangedPolls = 20;
export const mostPolls = 180;
const longest = 600_000; // ms

/** poll returns the result of a task when it has ended. It throws the message that the interface would show. */
export async function poll(ask: () => Promise<Task>, interval = 2_000): Promise<any> {
  const began = Date.now();
  let last = 0;
  let unchanged = 0;
  for (let polls = 0; polls < mostPolls && Date.now() - began < longest; ) {
    const task = await askOnce(ask);
    if (task) {
      unchanged = task.progress === last ? unchanged + 1 : 0;
      last = task.progress;
      if (unchanged >= unchangedPolls) throw new Error(`The generation appears stuck at ${last} %.`);
      if (task.status === "completed") return task.result;
      if (task.status === "failed") throw new Error(task.error || "The generation failed.");
      polls++;
    }
    await new Promise((done) => setTimeout(done, interval));
  }
  throw new Error("The generation timed out.");
}

/** askOnce returns undefined when the poll failed and the next one may succeed. */
async function askOnce(ask: () => Promise<Task>): Promise<Task | undefined> {
  try {
    return await ask();
  } catch (error) {
    const text = error instanceof Error ? error.message : "";
    if (text.includes("404") || text.includes("Task not found")) throw new Error("Task not found.");
    return undefined;
  }
}
