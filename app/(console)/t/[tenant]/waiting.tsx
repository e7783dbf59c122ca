import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import { LinkButton } from "#components/ui/link-button.tsx";

/** Something that needs a person, and where to see to it. */
export type Matter = { tone: "bad" | "warn" | "info"; text: string; href: string; action: string };

const LOOKS = {
  bad: { icon: CircleAlert, style: "text-bad" },
  warn: { icon: TriangleAlert, style: "text-warn" },
  info: { icon: Info, style: "text-busy" },
};

/** What needs a person, one line each; says so when there is nothing. */
export function Waiting({ matters }: { matters: readonly Matter[] }) {
  if (matters.length === 0) {
    return (
      <p className="flex items-center gap-2 border-y py-3 text-muted">
        <CircleCheck aria-hidden size={16} className="shrink-0 text-ok" />
        Nothing: no dead jobs, nothing unpublished, no gateway behind.
      </p>
    );
  }
  return (
    <ul className="border-t">
      {matters.map(({ tone, text, href, action }) => {
        const { icon: Icon, style } = LOOKS[tone];
        return (
          <li
            key={`${href} ${action}`}
            className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b py-2 sm:flex-nowrap"
          >
            <span className="flex min-w-0 flex-1 items-start gap-2 max-sm:basis-full">
              <Icon aria-hidden size={16} className={`mt-0.5 shrink-0 ${style}`} />
              <span className="min-w-0 break-words font-medium">{text}</span>
            </span>
            <LinkButton size="small" href={href} className="max-sm:ml-6">
              {action}
            </LinkButton>
          </li>
        );
      })}
    </ul>
  );
}
