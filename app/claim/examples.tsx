"use client";
import { useState } from "react";
import { CodeBlock } from "#components/code/code-block.tsx";
import { cx } from "#components/ui/cx.ts";
import { Checkbox } from "#components/ui/toggle.tsx";
import type { RevealedClaim } from "#lib/claims/schema.ts";
import { LANGUAGES, type Language, snippet } from "./snippets.ts";
import { TestKey } from "./test-key.tsx";

/** A first call in three languages, and a trial from this page. */
export function Examples({ claim }: { claim: RevealedClaim }) {
  const [language, setLanguage] = useState<Language>("curl");
  const [withKey, setWithKey] = useState(true);
  const { sample, baseUrl, key } = claim;
  if (!sample) return null;
  const code = snippet(language, { baseUrl, sample, key: withKey ? key : null });
  return (
    <section className="mt-6">
      <div className="mb-2 flex flex-wrap items-center justify-between gap-2">
        <h2 className="font-semibold text-base">Your first call</h2>
        <fieldset className="flex gap-1">
          <legend className="sr-only">Language of the example</legend>
          {LANGUAGES.map(({ value, label }) => (
            <button
              key={value}
              type="button"
              aria-pressed={language === value}
              onClick={() => setLanguage(value)}
              className={cx(
                "h-7 rounded-md px-2 font-medium pointer-coarse:h-9",
                language === value ? "bg-selected text-text" : "text-muted hover:bg-hover hover:text-text",
              )}
            >
              {label}
            </button>
          ))}
        </fieldset>
      </div>
      <CodeBlock
        label={
          language === "curl" ? "In a shell" : language === "javascript" ? "Node.js 18 or newer" : "Python 3"
        }
        language={language === "curl" ? "shell" : "text"}
        code={code}
      />
      <div className="mt-2">
        <Checkbox
          checked={withKey}
          onCheckedChange={setWithKey}
          label="Write the key into the example"
          hint={
            withKey
              ? "It works as pasted. Shells keep what is typed in their history."
              : "The example reads it from the environment variable API_KEY."
          }
        />
      </div>
      {sample.madeUp ? (
        <p className="mt-2 text-muted">
          The 1 in the path is made up. A 404 of the API means that there is no such thing, not that the key
          is wrong.
        </p>
      ) : null}
      <TestKey claim={claim} sample={sample} />
    </section>
  );
}
