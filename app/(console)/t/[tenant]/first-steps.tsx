import { CircleCheck } from "lucide-react";
import type { ReactNode } from "react";
import { CodeBlock } from "#components/code/code-block.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { roleCan } from "#lib/access/permissions.ts";
import { paths } from "#lib/paths.ts";
import type { Tenant } from "#lib/tenants/schema.ts";

export type FirstRoute = { method: string; path: string; auth: string };

type Props = {
  tenant: Tenant;
  base: string;
  firstRoute: FirstRoute | null;
  done: { route: boolean; published: boolean; key: boolean };
};

/** From an empty tenant to the first answered call: make a route, publish, mint a key and call. */
export function FirstSteps({ tenant: { slug, role }, base, firstRoute, done }: Props) {
  const route = firstRoute ?? { method: "GET", path: "/v1/hello", auth: "api-key" };
  const method = ["GET", "ANY"].includes(route.method) ? "" : ` -X ${route.method}`;
  const header = route.auth === "none" ? "" : ' -H "X-Api-Key: $API_KEY"';
  const next = !done.route ? 1 : !done.published ? 2 : 3;
  return (
    <section aria-labelledby="first-steps" className="mb-8 rounded-lg border px-4 py-4 sm:px-5">
      <h2 id="first-steps" className="font-semibold text-base">
        Three steps to the first answered call
      </h2>
      <ol className="mt-3 space-y-4">
        <Step
          number={1}
          done={done.route}
          title="Make a route"
          text="Which request goes where, and who may send it. It is a draft until it is published."
          action={
            roleCan(role, "draft.edit") ? (
              <LinkButton variant={next === 1 ? "primary" : "secondary"} href={paths.newRoute(slug)}>
                Create route
              </LinkButton>
            ) : null
          }
        />
        <Step
          number={2}
          done={done.published}
          title="Publish"
          text="Freezes the draft as a revision; every gateway serves it within milliseconds."
          action={
            <LinkButton
              variant={next === 2 && roleCan(role, "revision.publish") ? "primary" : "secondary"}
              href={paths.changes(slug)}
            >
              Review changes
            </LinkButton>
          }
        />
        <Step
          number={3}
          done={done.key}
          title="Mint a key and call"
          text="The key is shown once. Put it into API_KEY and send a request."
          action={
            roleCan(role, "key.manage") ? (
              <LinkButton variant={next === 3 ? "primary" : "secondary"} href={`${paths.keys(slug)}?mint=1`}>
                Mint key
              </LinkButton>
            ) : null
          }
        >
          <CodeBlock label="The first call" code={`curl -i${method}${header} ${base}${route.path}`} />
        </Step>
      </ol>
    </section>
  );
}

type StepProps = {
  number: number;
  done: boolean;
  title: string;
  text: string;
  action: ReactNode;
  children?: ReactNode;
};

function Step({ number, done, title, text, action, children }: StepProps) {
  return (
    <li className="flex gap-3">
      <span className="mt-0.5 flex size-5 shrink-0 items-center justify-center">
        {done ? (
          <CircleCheck aria-label="Done" size={18} className="text-ok" />
        ) : (
          <span
            aria-hidden
            className="flex size-5 items-center justify-center rounded-full border border-edge font-medium text-muted text-xs"
          >
            {number}
          </span>
        )}
      </span>
      <div className="min-w-0 flex-1 space-y-2">
        <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
          <div className="min-w-0">
            <h3 className="font-medium">{title}</h3>
            <p className="text-muted">{text}</p>
          </div>
          {done ? null : action}
        </div>
        {children}
      </div>
    </li>
  );
}
