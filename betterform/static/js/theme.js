// Loaded before the page is drawn, so that a chosen theme never flashes in the other one.
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // storage is switched off: the system decides
    }
  };
  const show = () => {
    document.documentElement.dataset.bsTheme = chosen() ?? (system.matches ? "dark" : "light");
  };
  show();
  system.addEventListener("change", show);
  addEventListener("storage", show); // another tab has switched

  addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-switches-theme]")) return;
    const next = document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark";
    try {
      localStorage.setItem("theme", next);
    } catch {
      // It holds until the next page.
    }
    document.documentElement.dataset.bsTheme = next;
  });
})();
