/** The two pages of a server, and which one this is. */

const PAGES = { Console: "/", Operate: "/operate" };

export function Pages({ here }: { here: keyof typeof PAGES }) {
  return (
    <nav aria-label="Pages">
      {Object.entries(PAGES).map(([name, path]) => (
        <a key={name} href={path} {...(name === here && { "aria-current": "page" as const })}>
          {name}
        </a>
      ))}
    </nav>
  );
}
