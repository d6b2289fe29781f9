// Who is signed in, and what he may. Nothing of it is kept when the page is closed.

let view = null;

/** Who is signed in, as the service says it, or null. */
export function current() {
  return view;
}

/** Somebody signed in, showed the second factor again, or left. */
export function set(now) {
  view = now;
}

/** Whether who is signed in has a right. What is shown follows it; what is allowed the service decides. */
export function may(right) {
  return view?.rights.includes(right) ?? false;
}
