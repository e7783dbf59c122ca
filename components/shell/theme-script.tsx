export const THEME_KEY = "gatehouse-theme";

const SCRIPT = `try{var t=localStorage.getItem("${THEME_KEY}");if(t==="light"||t==="dark")document.documentElement.dataset.theme=t}catch(e){}`;

/**
 * Applies the theme that a person has set before the first paint. Without one the style sheet follows the system by
 * itself. `nonce` is the page's, for a content security policy.
 */
export function ThemeScript({ nonce }: { nonce?: string | undefined }) {
  return (
    <script
      nonce={nonce}
      // The browser hides a nonce from scripts, so what it renders never equals what the server sent.
      suppressHydrationWarning
      // biome-ignore lint/security/noDangerouslySetInnerHtml: a constant of this file
      dangerouslySetInnerHTML={{ __html: SCRIPT }}
    />
  );
}
