// What plain HTML cannot do yet: closing menus, opening dialogs, saying that the network is gone.

const openMenus = () => document.querySelectorAll("details[data-menu][open]");

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;

  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();

  const closer = event.target.closest("[data-closes]");
  if (closer) closer.closest(closer.dataset.closes || "dialog")?.[closer.dataset.closes ? "remove" : "close"]();

  // A click on the backdrop is a click on the dialog itself: everything inside lies in its form.
  if (event.target.matches("dialog[open]")) event.target.close();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
  if (question && !confirm(question)) event.preventDefault();
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
});

export function announce(message, tone = "danger") {
  const toast = document.createElement("div");
  toast.className = `toast-notice toast-${tone}`;
  toast.textContent = message;
  document.getElementById("toasts")?.replaceChildren(toast);
}

// An answer that is not ours (a proxy's error page) is never swapped into the page.
document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  if (ctx.response.status >= 500 && !ctx.hx.retarget) {
    ctx.swap = "none";
    announce("The server did not answer properly. Nothing on this page was lost; please try again.");
  }
});

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (ctx?.status?.startsWith("error")) announce("There is no connection to the server. What you typed stays here.");
});
