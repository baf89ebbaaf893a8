// The addresses of the console. They are fragments: ids of users stay out of logs, and the sign-in can go on there.

const uuid = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";

/** sections are the pages of the bar. */
export const sections = [
  ["/", "Overview"], ["/users", "Users"], ["/failures", "Failures"], ["/work", "Work"], ["/dead", "Dead jobs"],
  ["/bulk", "Bulk"], ["/funnel", "Funnel"], ["/audit", "Audit"],
];

const pages = [...sections.map(([path]) => [path, new RegExp(`^${path}$`)]),
  ["/users/", /^\/users\/([^/]+)$/], ["/submissions/", new RegExp(`^/submissions/(${uuid})$`)], ["/alerts/", /^\/alerts\/([A-Za-z]+)$/]];

/** parse returns the page of a fragment with its parameter and its query, null for none. */
export function parse(hash) {
  const [path, query = ""] = (hash.replace(/^#/, "") || "/").split("?", 2);
  for (const [page, pattern] of pages) {
    const found = pattern.exec(path);
    if (found) return { page, path, param: found[1] === undefined ? "" : decode(found[1]), query: new URLSearchParams(query) };
  }
  return null;
}

function decode(text) {
  try { return decodeURIComponent(text); } catch { return text; }
}

/** after is where the sign-in goes on: to a page of the console, or a page of River UI, nowhere else. */
export function after(hash) {
  const river = /^#\/river((?:\/jobs(?:\/\d+)?|\/queues(?:\/[\w-]+)?)?)$/.exec(hash);
  if (river) return `/ops/river${river[1] || "/"}`;
  return parse(hash) ? `/ops${hash}` : "/ops";
}

const asked = (values) => {
  const named = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== "" && value !== undefined && value !== null));
  return named.size > 0 ? `?${named}` : "";
};

/** at has the address of each page; of those with filters for the values of these. */
export const at = {
  users: (values = {}) => `#/users${asked(values)}`,
  user: (id) => `#/users/${encodeURIComponent(id)}`,
  submission: (id) => `#/submissions/${id}`,
  failures: (values = {}) => `#/failures${asked(values)}`,
  dead: (values = {}) => `#/dead${asked(values)}`,
  audit: (values = {}) => `#/audit${asked(values)}`,
  alert: (name, labels = {}) => `#/alerts/${name}${asked(labels)}`,
  work: () => "#/work",
  bulk: (values = {}) => `#/bulk${asked(values)}`,
  job: (id) => `/ops/river/jobs/${id}`,
};
