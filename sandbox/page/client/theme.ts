const KEY = 'sandbox-theme';

/** The reader's system decides between light and dark until the button does. */
export function applyTheme(): void {
  const kept = localStorage.getItem(KEY);
  if (kept === 'light' || kept === 'dark') document.documentElement.style.colorScheme = kept;
}

export function toggleTheme(): void {
  const kept = localStorage.getItem(KEY);
  const dark = kept === 'dark' || (kept === null && matchMedia('(prefers-color-scheme: dark)').matches);
  localStorage.setItem(KEY, dark ? 'light' : 'dark');
  applyTheme();
}
