// What each page of the console consists of.

import { h } from "../dom.js";
import { audit, auditFilters } from "./audit.js";
import { bulk } from "./bulk.js";
import { dead } from "./dead.js";
import { failed, failedFilters, failures } from "./failures.js";
import { funnel } from "./funnel.js";
import { queues } from "./queues.js";
import { at } from "./routes.js";
import { submission } from "./submission.js";
import { user, userAudit } from "./user.js";
import { userFilters, users } from "./users.js";

const back = (href, name) => h("a", { class: "ops-back small", href }, `← ${name}`);

/** views maps a page of routes.js to what draws it. */
export const views = {
  "/": () => ({ title: "Operations", panels: [queues(), failed({ ours: "true" }, 10)] }),
  "/users": (route) => ({ title: "Users", above: userFilters(route), panels: [users(route)] }),
  "/users/": (route) => ({ title: route.param, back: back(at.users(), "Users"), panels: [user(route.param), userAudit(route.param)] }),
  "/submissions/": (route) => ({ title: "Submission", back: back(at.failures(), "Failures"), panels: [submission(route.param)] }),
  "/failures": (route) => ({ title: "Failures", above: failedFilters(route), panels: [failed(Object.fromEntries(route.query), 50), failures()] }),
  "/work": () => ({ title: "Work", panels: [queues()] }),
  "/dead": (route) => ({ title: "Dead jobs", panels: [dead(route)] }),
  "/bulk": (route) => ({ title: "Bulk operations", panels: [bulk(route)] }),
  "/funnel": () => ({ title: "Funnel", panels: [funnel()] }),
  "/audit": (route) => ({ title: "Audit log", above: auditFilters(route), panels: [audit(Object.fromEntries(route.query))] }),
  "/alerts/": (route) => ({ title: route.param, panels: [] }),
};
