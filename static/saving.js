// Keeps what is typed: drafts, sending again, signing in again. For staff pages. Stores nothing in the
// browser. What the pages say to it is listed in docs/app-js.md.

const SIGN_IN = "/sign-in/?next=/signed-in";
const DRAFT_AFTER = 2000, TRY_FOR = 20000, IDLE_WARNING = 120;
const ICONS = {
  offline: '<path d="M7 18.5h10a4 4 0 0 0 .6-7.9A6 6 0 0 0 6.2 9.4 4.6 4.6 0 0 0 7 18.5z"/><path d="M4 4l16 16"/>',
  draft: '<path d="M4 20h4L19 9l-4-4L4 16z"/><path d="M13 7l4 4"/>',
  alert: '<path d="M12 3.5l9 16H3z"/><path d="M12 10v4.5M12 17v.5"/>',
};

const find = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const stepForm = () => find("form[data-draft]");
const clock = () => new Date().toTimeString().slice(0, 8);
const icon = (name) => `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${ICONS[name]}</svg>`;
const wait = (tries) => Math.min(30000, DRAFT_AFTER * 2 ** tries);

// ---- What a person is told ----------------------------------------------------------------

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function button(words, act) {
  const made = element("button", { type: "button", className: "govuk-button govuk-button--secondary", textContent: words });
  made.addEventListener("click", act);
  return made;
}

function tell(title, words, ...actions) {
  const box = find("#message") ?? document.body.appendChild(element("div", { id: "message", className: "message", role: "alert" }));
  box.innerHTML = icon("alert");
  box.append(
    element("div", {}, element("h2", { textContent: title }), element("p", { textContent: words })),
    element("div", { className: "row" }, ...actions),
  );
}

function hush() {
  find("#message")?.replaceChildren();
}

function receipt(words) {
  const line = find("#receipt");
  if (!line) return;
  line.classList.remove("unsaved");
  line.classList.add("draft");
  line.innerHTML = icon("draft");
  line.append(words);
}

function offline(yes) {
  let banner = find("#offline");
  if (!banner && yes) {
    banner = element("div", { id: "offline", className: "banner offline", role: "status" });
    const top = find("header.top");
    top ? top.after(banner) : find("#page").prepend(banner);
  }
  if (!banner) return;
  banner.hidden = !yes;
  banner.role = "status";
  banner.innerHTML = icon("offline");
  banner.append(element("p", { textContent: `Not saved since ${work.since}. Keep this page open.` }));
}

// ---- Drafts: what is typed reaches the server two seconds later ---------------------------

// typed and kept count changes; `stopped` says why nothing may be sent.
let work = fresh();

function fresh(before) {
  clearTimeout(before?.timer);
  return { typed: 0, kept: 0, tries: 0, timer: 0, since: clock(), stopped: "" };
}

const unsaved = () => Boolean(stepForm()) && work.typed > work.kept;

// What is typed is counted as it is typed; the change a text field tells when it is left is the same once more.
function touched(event) {
  if (!event.target.form?.matches("[data-draft]")) return;
  if (event.type === "change" && !event.target.matches("select, [type=radio], [type=checkbox]")) return;
  work.typed += 1;
  later(DRAFT_AFTER);
}

function later(delay) {
  clearTimeout(work.timer);
  if (!work.stopped) work.timer = setTimeout(keep, delay);
}

async function keep(leaving = false) {
  const form = stepForm(), mine = work, typed = work.typed;
  if (!unsaved() || work.stopped || form.ariaBusy === "true") return;
  const body = new URLSearchParams(new FormData(form));
  const reply = await post(form.dataset.draft, body, leaving === true);
  if (mine !== work || form !== stepForm()) return; // saved or left meanwhile
  if (reply?.ok) return kept(typed, await reply.json());
  if (reply?.status === 409) return stop("This was already saved elsewhere. Reload to see it.");
  if (reply?.status === 401) return signedOut(keep);
  if (isCsrf(reply)) return askOnce(keep);
  if (reply?.status === 403) return stop(refusal(await reply.text()) || WORDS[403][1]);
  if (reply?.status === 413) tell(...WORDS[413]);
  offline(true);
  later(wait(work.tries++));
}

async function post(address, body, leaving) {
  try {
    return await fetch(address, {
      method: "POST",
      body,
      headers: { "X-CSRFToken": body.get("csrfmiddlewaretoken") ?? "", "X-Requested-With": "fetch" },
      keepalive: leaving && body.toString().length < 60000, // the browser's limit for a page that closes
      signal: AbortSignal.timeout(TRY_FOR),
    });
  } catch {
    return null;
  }
}

function kept(typed, answer) {
  Object.assign(work, { kept: typed, tries: 0, since: clock() });
  offline(false);
  receipt(`Draft kept ${answer.kept_at}`);
  heard();
  if (unsaved()) later(DRAFT_AFTER);
}

// A link out of a step waits until what was typed is kept, so that the next page knows of it. Where that failed, a
// second press leaves all the same, and the browser asks.
let failedOnce = null;
async function followed(event) {
  const link = event.target.closest?.("a[href]");
  const elsewhere = event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || link?.target;
  if (!link || elsewhere || event.defaultPrevented || !unsaved() || work.stopped || link === failedOnce) return;
  const stays = link.pathname === location.pathname && link.search === location.search && link.hash;
  if (link.origin !== location.origin || stays) return;
  event.preventDefault();
  await keep();
  if (unsaved()) failedOnce = link;
  else location.assign(link.href);
}

// A button that kept the draft and leads to another frame: htmx goes there by itself.
function leads({ detail: { elt, xhr } }) {
  if (elt === stepForm() && xhr.getResponseHeader("HX-Redirect")) work.kept = work.typed;
}

function stop(words) {
  work.stopped = words;
  clearTimeout(work.timer);
  tell("Not saved", words, button("Reload", () => { work.kept = work.typed; location.reload(); }));
}

// ---- Sending a form through htmx ----------------------------------------------------------

const WORDS = {
  0: ["Not saved yet", "The server did not answer. What you typed is still here; it is sent again by itself."],
  403: ["Not saved", "This may not be done from here. What you typed is still on this page."],
  413: ["Not saved", "There is more text than one page may hold. Shorten the longest answer, then save again."],
  429: ["Not saved yet", "There were too many tries in a short time. Wait a minute, then send it again."],
  500: ["Not saved", "Something went wrong on our side. What you typed is still on this page."],
};
const sending = { form: null, button: null, tries: 0, timer: 0 };

function submitted(event) {
  const form = event.target;
  if (form.ariaBusy === "true" || somebodyElse) {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (somebodyElse) tellSomebodyElse();
    return;
  }
  clearTimeout(sending.timer);
  if (form !== sending.form || event.submitter !== sending.button) sending.tries = 0;
  Object.assign(sending, { form, button: event.submitter });
  if (!form.matches("[hx-post], [hx-get], [method=dialog]")) plainly(form);
}

// A form that the browser sends itself: wait for the other listeners before calling it busy.
function plainly(form) {
  setTimeout(() => { form.ariaBusy = "true"; });
  setTimeout(() => { form.ariaBusy = null; }, 8000); // a download leaves the page where it is
  if (form.matches("[data-draft]")) work.kept = work.typed;
}

function again() {
  const { form, button } = sending;
  if (!form?.isConnected || form.ariaBusy === "true") return;
  button?.isConnected ? button.click() : form.requestSubmit();
}

function failed(event) {
  const { elt, xhr } = event.detail, status = xhr?.status ?? 0;
  if (elt.matches("[data-quiet]")) return status === 401 && signedOut(keep); // advice that did not come is none
  if (!(elt instanceof HTMLFormElement)) return notLoaded(status);
  if (status === 401) return signedOut(again);
  if (status === 403 && xhr.getResponseHeader("X-Reason") === "csrf") return askOnce(again);
  if (status === 0 || status >= 502) return retry();
  const [title, words] = WORDS[status] ?? WORDS[status >= 500 ? 500 : 403];
  const incident = xhr.getResponseHeader("X-Incident");
  tell(title, refusal(xhr.responseText) || (incident ? `${words} Incident ${incident}.` : words), button("Send again", again));
}

// What the server refused in words of its own (errors.Refused).
function refusal(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  return find("#refused", page)?.textContent;
}

function retry() {
  const [title, words] = WORDS[0];
  tell(title, words, button("Send again", again));
  offline(true);
  if (sending.tries < 5) sending.timer = setTimeout(again, wait(sending.tries++));
}

function notLoaded(status) {
  if (status === 401) return signedOut(stepForm() ? keep : () => location.reload());
  tell("This did not load", "Look at the connection, then try again. What you typed is still on this page.");
}

function swapped(event) {
  if (event.detail.target.id !== "page") return;
  const status = event.detail.xhr.status;
  clearTimeout(sending.timer);
  work = fresh(work);
  hush();
  if (status >= 400 && stepForm()) touched({ target: find("input", stepForm()) }); // typed, and not saved
  heard();
}

// ---- Signing in again, in another tab -----------------------------------------------------

let resume = null, asking = 0, renewed = 0, somebodyElse = false;
const isCsrf = (reply) => reply?.status === 403 && reply.headers.get("X-Reason") === "csrf";

// What goes on after the sign-in. A form that waits to be sent goes before a draft of it.
function thenDo(what) {
  if (resume !== again && typeof what === "function") resume = what;
}

function signedOut(then) {
  thenDo(then);
  const link = element("a", { href: SIGN_IN, target: "_blank", rel: "noopener", className: "govuk-button", textContent: "Sign in again" });
  tell("You were signed out", "What you typed is still on this page. Sign in in the new tab, then come back here.", link);
  clearInterval(asking);
  asking = setInterval(ask, 30000);
}

// An old token: ask for a new one, but not round and round where cookies are refused.
function askOnce(then) {
  if (Date.now() - renewed < 10000) return tell(...WORDS[403], button("Send again", then));
  ask(then);
}

async function ask(then) {
  thenDo(then);
  let reply;
  try {
    reply = await fetch("/session", { headers: { "X-Requested-With": "fetch" } });
  } catch {
    return later(wait(work.tries++));
  }
  if (reply.status === 401) return asking || signedOut(resume);
  if (!reply.ok) return;
  const { user, csrf } = await reply.json();
  somebodyElse = !isMe(user);
  if (somebodyElse) return tellSomebodyElse();
  renew(csrf);
}

function isMe(user) {
  const mine = document.body.dataset.user || find("form[data-resend] [name=typed_by]")?.value || user;
  return String(user) === String(mine);
}

function renew(csrf) {
  clearInterval(asking);
  asking = 0;
  renewed = Date.now();
  all("[name=csrfmiddlewaretoken]").forEach((field) => { field.value = csrf; });
  all("[hx-headers]").forEach((holder) => {
    holder.setAttribute("hx-headers", JSON.stringify({ ...JSON.parse(holder.getAttribute("hx-headers")), "X-CSRFToken": csrf }));
  });
  hush();
  heard();
  const then = resume;
  resume = null;
  then?.();
}

function tellSomebodyElse() {
  tell("Not sent", "Somebody else is signed in on this device. What you typed stays on this page and is not sent.");
}

function backHere() {
  if (document.visibilityState === "visible" && (resume || somebodyElse || find("form[data-resend]"))) ask();
}

// ---- The session's end --------------------------------------------------------------------

const tabs = new BroadcastChannel("painconsult"); // one tab at work keeps the others signed in
let idle = [];
tabs.onmessage = () => countDown();

function heard() {
  tabs.postMessage("heard");
  countDown();
}

function countDown() {
  idle.forEach(clearTimeout);
  const seconds = Number(document.body.dataset.idle);
  if (!seconds) return;
  idle = [setTimeout(warn, (seconds - IDLE_WARNING) * 1000), setTimeout(() => signedOut(keep), seconds * 1000)];
}

function warn() {
  tell("You will be signed out in two minutes", "What you typed is kept.", button("Stay signed in", () => ask(keep)));
}

// ---- Listening ----------------------------------------------------------------------------

document.addEventListener("input", touched);
document.addEventListener("change", touched);
document.addEventListener("submit", submitted, true);
document.addEventListener("visibilitychange", () => { document.visibilityState === "hidden" ? keep(true) : backHere(); });
addEventListener("pagehide", () => keep(true));
addEventListener("focus", backHere);
addEventListener("online", () => { unsaved() && keep(); sending.tries && again(); });
addEventListener("pageshow", (event) => { if (event.persisted) all("form").forEach((form) => { form.ariaBusy = null; }); });
addEventListener("beforeunload", (event) => { if (unsaved()) event.preventDefault(); });

document.addEventListener("click", followed);
document.addEventListener("htmx:beforeOnLoad", leads);
document.addEventListener("htmx:configRequest", (event) => { event.detail.timeout = TRY_FOR; });
document.addEventListener("htmx:beforeSend", ({ detail }) => { if (detail.elt instanceof HTMLFormElement) detail.elt.ariaBusy = "true"; });
document.addEventListener("htmx:afterRequest", ({ detail }) => { if (detail.elt instanceof HTMLFormElement) detail.elt.ariaBusy = null; });
for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) document.addEventListener(name, failed);
document.addEventListener("htmx:afterSwap", swapped);

countDown();
