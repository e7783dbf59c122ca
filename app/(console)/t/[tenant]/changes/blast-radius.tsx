"use client";
import { CircleDot, CircleMinus, CirclePlus, KeyRound, TriangleAlert, Waypoints } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Tone } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { TextLink } from "#components/ui/link-button.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { paths } from "#lib/paths.ts";
import { EFFECTS, type Effect } from "#lib/publishing/rules.ts";
import type { Effects, KeyEffect } from "#lib/publishing/schema.ts";
import { EFFECT_WORDS, effectsByGravity } from "./effect-words.ts";

type Sample = KeyEffect["loses"];

/** Keys shown before the rest is asked for. */
const FIRST = 6;
/** As many active keys as are counted one by one. */
const COUNTED = 10_000;

/** What a difference does to callers: routes that open or close, keys that lose or gain. */
export function BlastRadius({
  tenant,
  effects,
  hrefOf,
}: {
  tenant: string;
  effects: Effects;
  /** The list with only the routes of one effect, where there is such a list. */
  hrefOf?: (effect: Effect) => string;
}) {
  const { routes, anyKey, keys } = effects;
  const there = effectsByGravity(EFFECTS.filter((effect) => routes[effect] > 0));
  const named = keys.data.filter((key) => key.loses.count + key.gains.count > 0);
  const any = anyKey.loses.count + anyKey.gains.count > 0;
  if (there.length === 0) {
    return <p className="text-muted">No route opens, closes or moves, and no key gains or loses one.</p>;
  }
  return (
    <div className="grid gap-x-10 gap-y-4 sm:grid-cols-2">
      <section aria-label="Routes affected">
        <Heading icon={<Waypoints aria-hidden size={14} />}>Routes</Heading>
        <ul className="space-y-1">
          {there.map((effect) => {
            const { summary, tone } = EFFECT_WORDS[effect];
            const text = `${summary(routes[effect])}.`;
            return (
              <li key={effect} className="flex items-start gap-1.5">
                <Mark tone={tone} />
                {hrefOf ? <TextLink href={hrefOf(effect)}>{text}</TextLink> : text}
              </li>
            );
          })}
        </ul>
      </section>
      <section aria-label="Keys affected" className="min-w-0">
        <Heading icon={<KeyRound aria-hidden size={14} />}>Keys</Heading>
        {any ? (
          <div className="mb-2">
            <span className="font-medium">Any key that no route names</span>
            <Turns loses={anyKey.loses} gains={anyKey.gains} />
          </div>
        ) : null}
        {named.length > 0 ? (
          <KeyList tenant={tenant} named={named} total={Math.max(keys.losing, keys.gaining)} />
        ) : any ? null : (
          <p className="text-muted">No key gains or loses a route.</p>
        )}
        {keys.examined < keys.active ? (
          <p className="mt-2 text-muted text-xs">
            Looked at the {keys.examined.toLocaleString("en")} keys that the change names or that were used
            most recently, of {keys.active > COUNTED ? "10,000+" : keys.active.toLocaleString("en")} active
            ones.
          </p>
        ) : null}
      </section>
    </div>
  );
}

function Mark({ tone }: { tone: Tone }) {
  if (tone === "bad") return <CircleMinus aria-hidden size={12} className="mt-1 shrink-0 text-bad" />;
  if (tone === "warn") return <TriangleAlert aria-hidden size={12} className="mt-1 shrink-0 text-warn" />;
  return <CircleDot aria-hidden size={12} className="mt-1 shrink-0 text-muted" />;
}

function Heading({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return (
    <h3 className="mb-1 flex items-center gap-1.5 font-medium text-muted text-xs">
      {icon}
      {children}
    </h3>
  );
}

function KeyList({ tenant, named, total }: { tenant: string; named: readonly KeyEffect[]; total: number }) {
  const [all, setAll] = useState(false);
  const shown = all ? named : named.slice(0, FIRST);
  return (
    <>
      <ul aria-label="Keys that gain or lose routes" className="space-y-2">
        {shown.map((key) => (
          <li key={key.id}>
            <span className="flex flex-wrap items-baseline gap-x-2">
              <TextLink href={paths.key(tenant, key.id)} className="break-all font-medium">
                {key.name}
              </TextLink>
              <span className="text-muted text-xs">
                {key.lastUsedAt ? (
                  <>
                    used <RelativeTime at={key.lastUsedAt} />
                  </>
                ) : (
                  "never used"
                )}
              </span>
            </span>
            {key.lastCalled ? (
              <span className="block text-muted text-xs">
                called{" "}
                <code className="break-all font-mono" translate="no">
                  {key.lastCalled.method} {key.lastCalled.path}
                </code>{" "}
                <RelativeTime at={key.lastCalled.at} />
              </span>
            ) : null}
            <Turns loses={key.loses} gains={key.gains} />
          </li>
        ))}
      </ul>
      {named.length > shown.length ? (
        <Button size="small" className="mt-2" onClick={() => setAll(true)}>
          {`Show ${named.length - shown.length} more keys`}
        </Button>
      ) : total > named.length ? (
        <p className="mt-2 text-muted text-xs">
          And {(total - named.length).toLocaleString("en")} more keys that were used longer ago.
        </p>
      ) : null}
    </>
  );
}

function Turns({ loses, gains }: { loses: Sample; gains: Sample }) {
  return (
    <>
      {loses.count > 0 ? (
        <Turn
          icon={<CircleMinus aria-hidden size={12} className="mt-1 shrink-0 text-bad" />}
          word="loses"
          sample={loses}
        />
      ) : null}
      {gains.count > 0 ? (
        <Turn
          icon={<CirclePlus aria-hidden size={12} className="mt-1 shrink-0 text-ok" />}
          word="gains"
          sample={gains}
        />
      ) : null}
    </>
  );
}

function Turn({ icon, word, sample }: { icon: ReactNode; word: string; sample: Sample }) {
  const more = sample.count - sample.routes.length;
  return (
    <span className="flex items-start gap-1.5">
      {icon}
      <span className="min-w-0">
        {word}{" "}
        {sample.routes.map(({ method, path }, index) => (
          <span key={`${method} ${path}`}>
            {index > 0 ? ", " : ""}
            <code className="break-all font-mono text-xs">
              {method} {path}
            </code>
          </span>
        ))}
        {more > 0 ? ` and ${more.toLocaleString("en")} more` : ""}
      </span>
    </span>
  );
}
