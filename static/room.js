// The pages of a consultation: answers that show more questions, groups read to the end, the body map,
// and a page that is drawn again without losing anything. Stores nothing. docs/look.md, "With room.js".

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const find = (selector, root = document) => root.querySelector(selector);
const stepForm = () => find("#step-form");

// ---- Shown with an answer: data-of="field", and data-is="some answers" or data-at-most="6" ----

function fits({ dataset }) {
  const answer = find(`[name="${CSS.escape(dataset.of)}"]:checked`)?.value;
  if (answer === undefined) return false;
  return dataset.atMost ? Number(answer) <= Number(dataset.atMost) : dataset.is.split(" ").includes(answer);
}

const written = (part) => all("textarea, input", part).some((box) => box.value) || find(".error", part);

function showParts() {
  for (const part of all("[data-of]")) part.hidden = !fits(part) && !written(part);
}

// ---- The rest of a list (.rest): what is chosen, or goes with a chosen idea, stands before the fold ---

const chosenIdea = (id) => find(`[name=messages_used][value="${id}"]:checked`);

function bringOut() {
  for (const fold of all(".rest")) {
    const wanted = (part) => (!fold.open && find(":checked", part)) || part.dataset.goesWith?.split(" ").some(chosenIdea);
    fold.before(...all(":scope > :not(summary)", fold).filter(wanted));
    find(".count", fold).textContent = all("input", fold).length;
  }
}

// ---- Sentences to say back: what is typed stands in them at once; one that is said already goes --------

// Like library.quote, which writes the sentence when it is pressed.
function typedInto(slot) {
  const boxes = all(`:is([name="${slot}"], [name^="${slot}-"][name$="-words"]):not([type=hidden])`, stepForm() ?? document);
  const inOneLine = ({ value }) => value.replace(/\s+/g, " ").replace(/^[“”". ]+|[“”". ]+$/g, "");
  const words = boxes.map(inOneLine).find(Boolean);
  return words ? `“${words}”` : "";
}

function fillStarters() {
  for (const slot of all("[data-slot]")) slot.textContent = typedInto(slot.dataset.slot);
  const said = find("[name=validation_given]")?.value ?? "";
  for (const line of all(".starters li")) {
    line.hidden = all("[data-slot]", line).some((slot) => !slot.textContent) || said.includes(line.textContent);
  }
}

// ---- Groups read aloud: "none of these" waits until each line has been in view ----------------

const seen = new Set();
const lineOf = (label) => find("input", label).value;
let visit = "";
const watcher = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    seen.add(lineOf(target));
    watcher.unobserve(target);
    allow(target.closest("[data-group]"));
  }
}, { threshold: 0.9 });

// After a group is answered the next one comes under the same finger: for a second no press there counts, so that
// a double tap does not answer what nobody read. It says so where the finger is, until the next press that counts.
const PAUSE = 1000;
const tooSoon = Object.assign(document.createElement("p"), { className: "meta unread", role: "status" });
let answered = { at: -PAUSE, group: null };
const isPausing = (group) => group !== answered.group && performance.now() - answered.at < PAUSE;

function allow(group) {
  const none = find(".none input", group), lines = all(".lines label", group);
  const isUnread = !none.checked && lines.some((line) => !seen.has(lineOf(line)));
  none.disabled = isUnread || (!none.checked && isPausing(group));
  group.classList.toggle("is-unread", isUnread);
  const unread = find(".unread", group);
  unread.hidden = !isUnread;
  isUnread ? none.setAttribute("aria-describedby", unread.id) : none.removeAttribute("aria-describedby");
}

function tooQuick(event) {
  const press = event.detail && event.target.closest?.("[data-group] :is(.lines li, .none)"); // no detail: a key, or a screen reader
  if (!press || !isPausing(press.closest("[data-group]"))) return;
  event.preventDefault();
  press.matches("li") ? press.append(tooSoon) : press.after(tooSoon);
  tooSoon.textContent = "That tap came too soon. Press again.";
}

// A group that is read to its end leads to the next one that is not, or to what comes after the last.
function moveOn(group) {
  answered = { at: performance.now(), group };
  setTimeout(() => all("[data-group]").forEach(allow), PAUSE + 50);
  all("[data-group]").forEach(allow);
  const groups = all("[data-group]"), after = groups.slice(groups.indexOf(group) + 1);
  const next = after.find((each) => !find(".none input", each).checked) ?? groups.at(-1).parentElement.nextElementSibling;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  find("h2", next).focus({ preventScroll: true });
  next.scrollIntoView({ behavior: still ? "auto" : "smooth", block: "start" });
}

function watchGroups() {
  watcher.disconnect();
  for (const group of all("[data-group]")) {
    all(".lines label", group).filter((line) => !seen.has(lineOf(line))).forEach((line) => watcher.observe(line));
    allow(group);
  }
}

// ---- The body map: a shape presses its box in the list -----------------------------------------

const siteBox = (shape) => find(`[name=pain_sites][value="${shape.dataset.site}"]`);

function drawSites() {
  if (!find("#sites-named")) return;
  for (const shape of all("[data-site]")) shape.classList.toggle("on", siteBox(shape).checked);
  const words = all("[name=pain_sites]:checked").map((box) => box.parentElement.textContent.trim()).join(", ");
  for (const named of all(".sites-named")) if (named.textContent !== words) named.textContent = words || named.dataset.none;
}

// ---- Drawn again: nothing that was typed meanwhile is lost, and the place is kept ---------------

const LEAVES = ["save", "discard", "attention", "pause", "turn", "handson"];
let changes = 0; // counts what was typed or pressed
let button = null; // the button that draws this page again, while it is on its way
let open = new Set();
let held = ""; // how to find the field somebody went on to meanwhile
let place = { y: 0, top: 0 }; // how far the page was scrolled, and where in the window the pressed button stood

const key = (fold) => fold.id || find("summary", fold).id || find("summary", fold).textContent.trim();

function sent({ detail }) {
  if (detail.elt.closest("#step-form")) detail.xhr.changesThen = changes;
}

function submitted({ target, submitter }) {
  if (target !== stepForm()) return;
  if (["attention", "pause"].includes(submitter?.value?.split(":")[0])) target.elements.at.value = whereabouts();
  button = submitter?.name === "do" && !LEAVES.includes(submitter.value.split(":")[0]) ? submitter : null;
}

function found(field) {
  if (!field?.matches("#step-form :is(input, textarea, select)")) return "";
  const { id, name, value } = field;
  return id ? `#${CSS.escape(id)}` : `[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`;
}

// What lies under a finger that is down is not drawn again: the press would be lost.
let down = false;
for (const name of ["pointerdown", "pointerup", "pointercancel"]) addEventListener(name, () => { down = name === "pointerdown"; }, true);

// An answer to an older state of the page is not shown; it is asked for again.
function swapping(event) {
  const { xhr, target, requestConfig: { elt } } = event.detail;
  if (down && target.id !== "page" && event.detail.shouldSwap) {
    event.detail.shouldSwap = false;
    const again = new AbortController();
    const redraw = () => setTimeout(() => elt.dispatchEvent(new Event("redraw")), again.abort());
    for (const name of ["pointerup", "pointercancel"]) addEventListener(name, redraw, { signal: again.signal });
    return;
  }
  open = new Set(all("details[open]", stepForm() ?? document).map(key));
  place = { y: scrollY, top: button?.getBoundingClientRect().top };
  held = found(document.activeElement);
  if (!event.detail.shouldSwap || xhr.changesThen === undefined || xhr.changesThen === changes) return;
  const mine = button;
  if (target.id === "page" && !mine) return; // a save: the form is busy until its answer is here
  event.detail.shouldSwap = false;
  setTimeout(() => (target.id === "page" ? mine.click() : elt.dispatchEvent(new Event("redraw"))));
}

// htmx says this once per new element; the page is looked after once, when everybody has been told.
function swapped({ detail: { xhr, target } }) {
  if (xhr.drawn) return;
  xhr.drawn = true;
  if (target.id === "page" && (stepForm()?.action ?? "") !== visit) {
    arrivedAt = performance.now();
    if (peeking) along(true);
    peeking = false;
  }
  if (target.id === "page" && xhr.status < 400 && !button) scrollTo(0, 0); // at once: what is under a finger is the new page's head
  setTimeout(() => {
    draw();
    if (target.id === "page") settle(xhr.status);
    if (target.id === "phone") lookAt();
  });
}

function settle(status) {
  const pressed = button;
  button = null;
  if (status >= 400 || pressed) reopen();
  if (pressed) scrollTo(0, place.y);
  if (pressed && status === 200 && held) find(held)?.focus();
  else if (pressed && status === 200) returnTo(pressed);
  else if (status === 409) find("#errors")?.focus();
  else if (status < 400 && !arrive()) scrollTo(0, 0);
}

function reopen() {
  for (const fold of all("details:not([open])", stepForm() ?? document)) if (open.has(key(fold))) fold.open = true;
}

const BEGINS = ["add", "take", "apart", "back"]; // a row is met at its beginning
const OPPOSITE = { remove: "back", back: "remove", leave: "unleave", merge: "unleave", unleave: "leave" };

function returnTo({ value, dataset }) {
  const [verb, ...names] = value.split(":"), form = stepForm();
  const near = [`${OPPOSITE[verb]}:${names.slice(0, verb === "merge" ? 1 : 2).join(":")}`, `add:${names[0]}`, value];
  const target = BEGINS.includes(verb) ? firstEmpty(begun(verb, names, form))
    : dataset.after ? find(dataset.after)
    : near.map((name) => find(`[name=do][value="${CSS.escape(name)}"]`, form)).find(Boolean);
  if (!target) return;
  for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  target.focus({ preventScroll: true });
  if (target.value === value) scrollBy(0, target.getBoundingClientRect().top - place.top); // the same button: under the same finger
  else {
    if (BEGINS.includes(verb)) target.closest(".card")?.scrollIntoView({ block: "start" }); // with its name in view
    target.scrollIntoView({ block: "nearest" });
  }
  if (target.matches("textarea, [type=text]")) target.setSelectionRange(target.value.length, target.value.length);
}

// The row that was put back, or the last one, which is new; of several that took a card apart the first.
function begun(verb, [kind, id], form) {
  if (verb === "apart") return find(`[name$="-card"][value="${CSS.escape(id)}"]`, form)?.parentElement;
  const rows = all(`input[type=hidden][name="${CSS.escape(kind)}"]`, form);
  return (verb === "back" ? rows.find(({ value }) => value === id) : rows.at(-1))?.parentElement;
}

function firstEmpty(row) {
  const boxes = row ? all("input:not([type=hidden]), textarea, select", row) : [];
  return boxes.find((box) => box.type === "radio" || box.type === "checkbox" || !box.value) ?? boxes[0];
}

// Drawing a page again is no step back in time: the address stays as it is.
function addressed({ detail }) {
  if (new URL(detail.history.path, location.href).pathname !== location.pathname) return;
  Object.assign(detail.history, { type: "replace", path: location.pathname + location.search });
}

// Where somebody is on the page: at the field used last, else at the first one in view; "" before either.
const PLACES = ":is(input, textarea, select, summary)[id]";
let used = null;

// Not every key of a scale has an id, and Safari focuses none that is tapped.
function use({ target }) {
  if (!target.closest?.("#step-form")) return;
  used = target.matches(PLACES) ? target : (find(PLACES, target.closest("fieldset, details, section") ?? target) ?? used);
}

function whereabouts() {
  if (used?.isConnected && !(find(".along") && used.closest(ONLY_YOURS))) return used.id;
  const top = Math.max(0, find(".room-top").getBoundingClientRect().bottom);
  const inView = (field) => field.checkVisibility() && field.getBoundingClientRect().top > top;
  return scrollY > 0 ? (all(PLACES, stepForm()).find(inView)?.id ?? "") : "";
}

// Back from elsewhere, at the field, button or card that was waiting: data-focus="its id" on the form.
// The address that led there is forgotten: a page loaded again says what is typed and not saved.
function arrive() {
  const id = stepForm()?.dataset.focus;
  if (!id) return false;
  const url = new URL(location.pathname + location.search, location.href); // its fragment is for a page without script
  for (const way of ["at", "focus", "about"]) url.searchParams.delete(way);
  history.replaceState(history.state, "", url);
  const place = document.getElementById(id);
  if (!place) return false;
  for (let fold = place.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  peek(place);
  place.focus({ preventScroll: true });
  place.scrollIntoView({ block: place.matches("h2") ? "start" : "center" }); // what a heading is about stands below it
  return true;
}

// A card that opens closes the one above it, and what is under it comes up: its own head stays in view.
function opened({ target }) {
  const head = target.closest?.(".belief > summary");
  if (head) setTimeout(() => { if (head.getBoundingClientRect().top < find(".room-top").offsetHeight) head.scrollIntoView(); });
}

// A fold pressed to type in it puts the cursor there: data-type on its summary.
function unfolded({ target }) {
  const fold = target.closest?.("[data-type]")?.parentElement;
  if (fold) setTimeout(() => { if (fold.open) find("textarea", fold).focus(); });
}

// A card's head says what is typed in it: data-echo="the id of its box"; data-plain: without quotation marks. An empty
// box leaves its own name there. It never gets lower while somebody types, so that the press after it meets its button;
// and an answer of step 1 is none to other words.
function echo({ target }) {
  const head = target.id && find(`[data-echo="${CSS.escape(target.id)}"]`);
  if (!head) return;
  const words = target.value.trim(), told = "plain" in head.dataset ? words : `“${words}”`;
  head.style.minHeight = `${head.getBoundingClientRect().height}px`;
  for (const then of all(".conviction > .then", head.closest(".card"))) then.hidden = target.value !== target.defaultValue;
  head.textContent = words ? told : target.labels[0]?.textContent ?? "";
}

// ---- The client's phone beside the lines of their plan: it stays where it is, or shows where a line was left out ----

let glance = { part: "", y: 0 };

function left({ target }) {
  if (target.matches?.("[data-of-part]")) glance = { part: target.dataset.ofPart, y: find("#phone .plan").scrollTop };
}

function lookAt() {
  const page = find("#phone .plan"), parts = all(`[data-part="${CSS.escape(glance.part)}"]`, page), [part] = parts;
  page.scrollTop = parts.length === 1 ? part.getBoundingClientRect().top - page.getBoundingClientRect().top - 16 : glance.y;
}

// ---- What is for the therapist only is hidden while the client reads along -----------------------
// The server remembers it for the person: the next page is drawn without it from its first moment.

const ONLY_YOURS = ".for-you, .room-bar, .starters";
const along = (on) => document.documentElement.classList.toggle("along", on);
let peeking = false; // somebody went where it is, so the client has left: it is there until the next step

function peek(place) {
  if (!find(".along") || !place.closest(ONLY_YOURS)) return;
  along(false);
  peeking = true;
}

let telling = Promise.resolve(); // one after the other: what is pressed last holds

function readAlong(on) {
  const token = find("[name=csrfmiddlewaretoken]").value, told = new URLSearchParams({ along: on ? "yes" : "" });
  const asked = { method: "POST", headers: { "X-CSRFToken": token }, body: told, keepalive: true };
  along(on);
  peeking = false;
  telling = telling.then(() => fetch(find("[data-along]").dataset.along, asked)).catch(() => {});
}

// ---- A double tap on the way on: its second half would press what the next step brought under the finger ----

const TWICE = 400, NEAR = 30; // milliseconds and pixels
const ONWARD = ".actions button, [name=do][value=pause]"; // where Pause was, the next page has Sign out
let tap = { at: -TWICE, x: 0, y: 0, onward: false }, arrivedAt = -TWICE;

function tapped(event) {
  if (!event.detail || !event.target.closest?.("#page")) return; // no detail: a key, or a screen reader
  const now = performance.now(), { clientX: x, clientY: y } = event;
  const near = now - tap.at < TWICE && Math.hypot(x - tap.x, y - tap.y) < NEAR;
  const again = near && tap.onward && arrivedAt > tap.at;
  tap = { at: now, x, y, onward: Boolean(event.target.closest(ONWARD)) };
  if (!again || event.target.matches("textarea, input[type=text]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

// ---- Listening -----------------------------------------------------------------------------------

function draw() {
  const now = stepForm()?.action ?? "";
  if (now !== visit) seen.clear();
  visit = now;
  document.documentElement.classList.add("scripted");
  showParts();
  watchGroups();
  drawSites();
  bringOut();
  fillStarters();
}

function changed({ target }) {
  if (!target.closest("#step-form")) return;
  showParts();
  if (target.name === "pain_sites") drawSites();
  if (target.name === "messages_used") bringOut();
  const group = target.closest("[data-group]");
  if (group) {
    tooSoon.remove();
    allow(group);
  }
  if (group && target.name === "none" && target.checked) moveOn(group);
}

for (const name of ["input", "change"]) document.addEventListener(name, () => { changes += 1; }, true); // before htmx sends
document.addEventListener("click", tapped, true);
document.addEventListener("click", tooQuick, true);
document.addEventListener("change", changed);
document.addEventListener("change", left, true);
document.addEventListener("input", fillStarters);
document.addEventListener("input", echo);
document.addEventListener("click", opened);
document.addEventListener("click", unfolded);
document.addEventListener("click", ({ target }) => { if (target.closest?.("[data-along]")) readAlong(!find(".along")); });
document.addEventListener("toggle", ({ target }) => {
  if (target.matches?.(".rest")) bringOut();
  if (target.open && target.matches?.(".beside details")) target.scrollIntoView({ block: "nearest" });
}, true);
document.addEventListener("click", ({ target }) => { const shape = target.closest?.("[data-site]"); if (shape) siteBox(shape).click(); });
for (const name of ["focusin", "change"]) document.addEventListener(name, use);
document.addEventListener("submit", submitted, true);
document.addEventListener("htmx:beforeRequest", sent);
document.addEventListener("htmx:beforeSwap", swapping);
document.addEventListener("htmx:beforeHistoryUpdate", addressed);
document.addEventListener("htmx:afterSwap", swapped);
draw();
arrive();
