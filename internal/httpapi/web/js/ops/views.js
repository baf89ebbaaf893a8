// What each page of the console consists of.

import { h } from "../dom.js";
import { alertAbout, alerts, evidence } from "./alerts.js";
import { audit, auditFilters } from "./audit.js";
import { bulk, starter } from "./bulk.js";
import { curves } from "./curves.js";
import { dead } from "./dead.js";
import { failed, failedFilters, failures } from "./failures.js";
import { funnel } from "./funnel.js";
import { queues } from "./queues.js";
import { at } from "./routes.js";
import { submission } from "./submission.js";
import { user, userAudit } from "./user.js";
import { userFilters, users } from "./users.js";
import { jobs, workers } from "./work.js";

const back = (href, name) => h("a", { class: "ops-back small", href }, `← ${name}`);

/** views maps a page of routes.js to what draws it. */
export const views = {
  "/": (route) => ({ title: "Operations", panels: [alerts(), curves(route), queues(), failed({ ours: "true" }, 10)] }),
  "/users": (route) => ({ title: "Users", above: userFilters(route), panels: [users(route)] }),
  "/users/": (route) => ({ title: route.param, back: back(at.users(), "Users"), panels: [user(route.param), userAudit(route.param)] }),
  "/submissions/": (route) => ({ title: "Submission", back: back(at.failures(), "Failures"), panels: [submission(route.param)] }),
  "/failures": (route) => ({ title: "Failures", above: failedFilters(route), panels: [failed(Object.fromEntries(route.query), 50), failures()] }),
  "/work": () => ({ title: "Work", panels: [workers(), jobs(), queues()] }),
  "/dead": () => ({ title: "Dead jobs", panels: [dead()] }),
  "/bulk": () => {
    const listed = bulk();
    return { title: "Bulk operations", above: starter(listed), panels: [listed] };
  },
  "/funnel": () => ({ title: "Funnel", panels: [funnel()] }),
  "/audit": (route) => ({ title: "Audit log", above: auditFilters(route), panels: [audit(Object.fromEntries(route.query))] }),
  "/alerts/": (route) => ({ title: route.param, back: back("#/", "Overview"), panels: [alertAbout(route.param, route.query), ...evidence(route.param, route.query)] }),
};
