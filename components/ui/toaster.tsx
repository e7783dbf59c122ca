"use client";
import { Toast as Base } from "@base-ui/react/toast";
import { CircleAlert, CircleCheck, X } from "lucide-react";
import { useEffect } from "react";
import { buttonStyle } from "./button-style.ts";
import { cx } from "./cx.ts";

const manager = Base.createToastManager();
export type ToastManager = typeof manager;

/** Where toasts appear; gives its manager away once it can show what is added. */
export function Toaster({ onReady }: { onReady: (manager: ToastManager) => void }) {
  useEffect(() => onReady(manager), [onReady]);
  return (
    <Base.Provider toastManager={manager} timeout={5_000} limit={4}>
      <Base.Portal>
        {/* At the left: panels and their buttons open at the right, and a message must not lie on them. */}
        <Base.Viewport className="fixed right-3 bottom-3 left-3 z-60 flex flex-col gap-2 outline-none sm:right-auto sm:w-92">
          <Toasts />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

function Toasts() {
  const { toasts } = Base.useToastManager();
  return toasts.map((item) => {
    const failed = item.type === "error";
    const Icon = failed ? CircleAlert : CircleCheck;
    return (
      <Base.Root
        key={item.id}
        toast={item}
        className="rounded-lg border border-line bg-raised shadow-popup transition-[opacity,translate] duration-120 data-limited:hidden data-ending-style:opacity-0 data-starting-style:translate-y-1 data-starting-style:opacity-0"
      >
        <Base.Content className="flex items-start gap-2 py-2 pr-2 pl-3">
          <Icon aria-hidden size={16} className={cx("mt-1 shrink-0", failed ? "text-bad" : "text-ok")} />
          <div className="min-w-0 flex-1 py-0.5">
            <Base.Title className="font-medium" />
            <Base.Description className="break-words text-muted text-xs" />
          </div>
          <Base.Action className={buttonStyle("secondary", "small")} />
          <Base.Close aria-label="Dismiss" className={buttonStyle("quiet", "small", true)}>
            <X aria-hidden size={14} />
          </Base.Close>
        </Base.Content>
      </Base.Root>
    );
  });
}
