// SPDX-License-Identifier: Apache-2.0
// Where we are: the path and the query of the address bar, and how to go elsewhere without loading
// the page anew. Links are plain <a href>; App catches their clicks.
class Route {
  path = $state(window.location.pathname);
  query = $state.raw(new URLSearchParams(window.location.search));

  constructor() {
    window.addEventListener('popstate', () => this.#read());
  }

  go(address: string, how: 'push' | 'replace' = 'push'): void {
    if (how === 'push') window.history.pushState(null, '', address);
    else window.history.replaceState(null, '', address);
    this.#read();
    if (how === 'push') window.scrollTo(0, 0);
  }

  #read(): void {
    this.path = window.location.pathname;
    this.query = new URLSearchParams(window.location.search);
  }
}

export const route = new Route();

// Takes the clicks that a browser would answer by loading another page of ours.
export function catchLink(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (link === null || link.target !== '' || link.hasAttribute('download')) return;
  if (link.origin !== window.location.origin || link.getAttribute('href')?.startsWith('#')) return;
  event.preventDefault();
  route.go(link.pathname + link.search);
}
