import type { Command } from "./commands.ts";

function score(command: Command, words: readonly string[]): number {
  const label = command.label.toLowerCase();
  const rest = `${command.keywords ?? ""} ${command.group ?? ""} ${command.hint ?? ""}`.toLowerCase();
  let total = 0;
  for (const word of words) {
    if (label.startsWith(word)) total += 8;
    else if (label.includes(` ${word}`)) total += 5;
    else if (label.includes(word)) total += 3;
    else if (rest.includes(word)) total += 1;
    else return 0;
  }
  return total;
}

/** The commands in which every typed word occurs, best first; all of them, in their order, when nothing is typed. */
export function rankCommands(commands: readonly Command[], text: string): Command[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...commands];
  return commands
    .map((command, index) => ({ command, index, score: score(command, words) }))
    .filter((entry) => entry.score > 0)
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .map((entry) => entry.command);
}
