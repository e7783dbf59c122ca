import { Badge } from "#components/ui/badge.tsx";
import { cx } from "#components/ui/cx.ts";
import { TextLink } from "#components/ui/link-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { TraceStepName } from "#lib/contract/trace.ts";
import type { ExplainedSide } from "#lib/explain/schema.ts";
import { paths } from "#lib/paths.ts";
import { StepList } from "./step-list.tsx";

/** The answer in one line: what the caller would see first. */
export function answerOf(side: ExplainedSide): string {
  if (side.outcome === "refused") return `${side.status} ${side.code}`;
  if (side.outcome === "preflight") return "204, the preflight's answer";
  return side.status ? `${side.status}, then the job runs` : "The target answers";
}

function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section className="space-y-1.5">
      <h3 className="font-medium text-muted text-xs">{title}</h3>
      {children}
    </section>
  );
}

/** A route by its method and path: the way to its editor while the draft has it. */
export function RouteName({
  tenant,
  id,
  inDraft,
  children,
}: {
  tenant: string;
  id: string;
  inDraft: boolean;
  children: React.ReactNode;
}) {
  if (inDraft) {
    return (
      <TextLink href={paths.route(tenant, id)} className="break-all font-mono">
        {children}
      </TextLink>
    );
  }
  return (
    <span className="break-all font-mono">
      {children} <span className="font-sans text-muted">no longer in the draft</span>
    </span>
  );
}

/** What one set of routes makes of the request: its answer, its steps, and who else came into question. */
export function Side({
  side,
  tenant,
  name,
  differing,
}: {
  side: ExplainedSide;
  tenant: string;
  /** "Draft" or "Live". */
  name: string;
  differing: ReadonlySet<TraceStepName>;
}) {
  const { run, route } = side;
  return (
    <div className="min-w-0 space-y-5">
      <div className="space-y-1">
        <p className="flex flex-wrap items-center gap-2">
          <Badge tone={side.outcome === "refused" ? "bad" : "ok"}>
            {side.outcome === "refused" ? "Refused" : side.outcome === "preflight" ? "Preflight" : "Runs"}
          </Badge>
          <strong className="font-semibold text-base">{answerOf(side)}</strong>
        </p>
        {side.message ? <p className="break-words">{side.message}</p> : null}
        {route ? (
          <p className="break-words">
            by{" "}
            <RouteName tenant={tenant} id={route.id} inDraft={route.inDraft}>
              {route.method} {route.path}
            </RouteName>
            {route.name ? <span className="text-muted"> {route.name}</span> : null}
          </p>
        ) : null}
      </div>
      {side.problems.map((problem) => (
        <Notice key={problem} tone="warn">
          {problem}
        </Notice>
      ))}
      {side.details.length > 0 ? (
        <Part title="What is wrong with it">
          <ul className="list-disc space-y-1 pl-4">
            {side.details.map(({ path, message }) => (
              <li key={`${path} ${message}`}>
                <span className="font-mono">{path || "the whole"}</span> {message}
              </li>
            ))}
          </ul>
        </Part>
      ) : null}
      {run ? (
        <Part title="What would run">
          <p className="break-words">
            {run.target}
            {run.timeoutMs === null ? null : (
              <span className="text-muted">, within {run.timeoutMs.toLocaleString("en")} ms</span>
            )}
          </p>
          {run.upstream ? (
            <p className="break-all font-mono text-xs">{`${run.method} ${run.upstream}`}</p>
          ) : null}
          {run.pathParameters ? (
            <dl className="grid grid-cols-[auto_1fr] gap-x-3 font-mono text-xs">
              {Object.entries(run.pathParameters).map(([parameter, value]) => (
                <div key={parameter} className="contents">
                  <dt className="text-muted">{parameter}</dt>
                  <dd className="break-all">{value === "" ? "(empty)" : value}</dd>
                </div>
              ))}
            </dl>
          ) : null}
        </Part>
      ) : null}
      <Part title="Decided in this order">
        <StepList steps={side.steps} label={`Steps, ${name.toLowerCase()}`} differing={differing} />
      </Part>
      <Part title="Routes that came into question">
        <Candidates side={side} tenant={tenant} name={name} />
      </Part>
      {side.headers.length > 0 ? (
        <Part title="Headers that the gateway adds">
          <ul className="space-y-0.5 font-mono text-xs">
            {side.headers.map((header) => (
              <li key={`${header.name} ${header.value}`} className="break-all">
                <span className="text-muted">{header.name}:</span> {header.value}
              </li>
            ))}
          </ul>
        </Part>
      ) : null}
    </div>
  );
}

const RESULTS = {
  won: { tone: "ok", word: "Won" },
  lost: { tone: "neutral", word: "Lost" },
  near: { tone: "warn", word: "Nearly" },
} as const;

function Candidates({ side, tenant, name }: { side: ExplainedSide; tenant: string; name: string }) {
  if (side.candidates.length === 0) return <p className="text-muted">None, and none that is nearly it.</p>;
  return (
    <>
      <ul aria-label={`Candidates, ${name.toLowerCase()}`} className="border-t">
        {side.candidates.map((one) => {
          const { tone, word } = RESULTS[one.result];
          return (
            <li key={one.routeId} className="flex items-start gap-2 border-b px-2 py-1.5">
              <Badge tone={tone}>{word}</Badge>
              <div className={cx("min-w-0", one.result !== "won" && "text-muted")}>
                <RouteName tenant={tenant} id={one.routeId} inDraft={one.inDraft}>
                  {one.method} {one.path}
                  {one.apiVersion ? ` (${one.apiVersion})` : ""}
                </RouteName>
                <p className="break-words">{one.why}</p>
              </div>
            </li>
          );
        })}
      </ul>
      {side.moreCandidates > 0 ? (
        <p className="text-muted">and {side.moreCandidates.toLocaleString("en")} more</p>
      ) : null}
    </>
  );
}
