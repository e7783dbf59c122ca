type Family = { head: string[]; samples: string[] };

const label = (sample: string, process: string): string => {
  const brace = sample.indexOf("{");
  const space = sample.indexOf(" ");
  if (brace !== -1 && brace < space)
    return `${sample.slice(0, brace + 1)}process="${process}",${sample.slice(brace + 1)}`;
  return `${sample.slice(0, space)}{process="${process}"}${sample.slice(space)}`;
};

/** The metrics of several processes as one page of Prometheus's text format: each sample says which process's it is. */
export function mergeMetrics(texts: ReadonlyMap<string, string>): string {
  const families = new Map<string, Family>();
  for (const [process, text] of texts) {
    let current: Family | null = null;
    for (const line of text.split("\n")) {
      if (line === "") continue;
      if (!line.startsWith("# ")) {
        current?.samples.push(label(line, process));
        continue;
      }
      const [, kind, name] = line.split(" ", 3) as [string, string, string];
      if (kind === "HELP") {
        current = families.get(name) ?? { head: [], samples: [] };
        families.set(name, current);
      }
      if (current && current.head.length < 2 && !current.head.includes(line)) current.head.push(line);
    }
  }
  const lines = [...families.values()].flatMap(({ head, samples }) => [...head, ...samples]);
  return `${lines.join("\n")}\n`;
}
