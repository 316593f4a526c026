type Child = Node | string | null | false;

/** An element. Text becomes text nodes, so nothing that a publisher writes is ever markup. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null && child !== false));
  return element;
}

/** Leads away from the marketplace: https, or http on this machine; the gateway has checked it, and so do we. */
export function away(url: string, text: string, className = ""): HTMLElement {
  const { protocol } = new URL(url);
  if (protocol !== "https:" && protocol !== "http:") return h("span", {}, text);
  return h("a", { href: url, rel: "noopener noreferrer", ...(className && { class: className }) }, text);
}

/** A button that cannot be pressed twice, and says when it did not work. */
export function button(text: string, act: () => Promise<void>, className = ""): HTMLElement {
  const element = h("button", { type: "button", ...(className && { class: className }) }, text);
  const fault = h("span", { class: "bad", role: "alert" });
  element.addEventListener("click", async () => {
    element.disabled = true;
    fault.textContent = "";
    try {
      await act();
    } catch (error) {
      fault.textContent = error instanceof Error ? error.message : String(error);
    } finally {
      element.disabled = false;
    }
  });
  return h("span", { class: "row" }, element, fault);
}
