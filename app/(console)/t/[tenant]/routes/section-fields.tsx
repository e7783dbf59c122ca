"use client";
import { AccessFields } from "./access-fields.tsx";
import { CorsFields } from "./cors-fields.tsx";
import { CacheFields, LimitFields } from "./limit-fields.tsx";
import { AboutFields, TimingFields, VersionFields } from "./more-fields.tsx";
import type { PartProps } from "./part-props.ts";
import type { SectionId } from "./route-sections.ts";
import { TransformFields } from "./transform-fields.tsx";
import { ValidationFields } from "./validation-fields.tsx";

export type SectionFieldsProps = PartProps & { section: SectionId; id: string | null };

/** The fields of one section; fetched after the page, all sections at once, so that each opens without a wait. */
export function SectionFields({ section, id, ...props }: SectionFieldsProps) {
  switch (section) {
    case "access":
      return <AccessFields {...props} />;
    case "limits":
      return <LimitFields {...props} />;
    case "cors":
      return <CorsFields {...props} />;
    case "validation":
      return <ValidationFields {...props} />;
    case "cache":
      return <CacheFields {...props} />;
    case "transform":
      return <TransformFields {...props} />;
    case "timing":
      return <TimingFields {...props} />;
    case "version":
      return <VersionFields {...props} id={id} />;
    case "about":
      return <AboutFields {...props} />;
  }
}
