package config

import (
	"cmp"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// between requires a setting from least to most.
func between[T cmp.Ordered](r *rules, key string, value, least, most T) {
	bounds := fmt.Sprintf("must be between %v and %v.", least, most)
	r.require(value >= least && value <= most, key, strings.ReplaceAll(bounds, "m0s.", "m."))
}

func (c Base) check(r *rules) {
	r.require(c.Deploy == Local || c.Deploy == Production, "DEPLOY_ENV", "must be local or production.")
}

func (c Common) check(r *rules) {
	c.Base.check(r)
	c.Database.check(r, true)
	between(r, "API_PROCESSES", c.APIProcesses, 1, 10000)
	between(r, "WORKER_PROCESSES", c.WorkerProcesses, 1, 10000)
	r.require(isListenAddr(c.MetricsAddr), "METRICS_ADDR", "must be a listen address such as :9101.")
	between(r, "SHUTDOWN_GRACE", c.ShutdownGrace, time.Second, 10*time.Minute)
	r.require(c.TracesEndpoint == "" || isWebURL(c.TracesEndpoint), "OTEL_EXPORTER_OTLP_ENDPOINT",
		"must be an http or https address such as http://collector:4318, without /v1/traces.")
}

func (c API) check(r *rules) {
	c.Common.check(r)
	r.require(isListenAddr(c.HTTPAddr), "HTTP_ADDR", "must be a listen address such as :8080.")
	r.require(c.HTTPAddr != c.MetricsAddr || strings.HasSuffix(c.HTTPAddr, ":0"), "HTTP_ADDR",
		"must differ from METRICS_ADDR.")
	c.Limits.check(r)
	between(r, "BODY_LIMIT_BYTES", c.BodyLimit, 1<<10, 64<<20)
	between(r, "REQUEST_TIMEOUT", c.RequestTimeout, 100*time.Millisecond, 5*time.Minute)
	between(r, "DATABASE_CONNS", c.DatabaseConns, 1, 1000)
	r.checkDatabase("DATABASE_REPLICA_URL", c.DatabaseReplicaURL, false)
	r.require(c.DrainDelay >= 0 && c.DrainDelay < c.ShutdownGrace, "DRAIN_DELAY",
		"must be at least 0s and shorter than SHUTDOWN_GRACE.")
	r.require(!slices.ContainsFunc(c.CORSOrigins, notOrigin), "CORS_ORIGINS",
		"must list origins such as https://app.example.com, without a path and without *.")
	r.require(c.Deploy == Local || !slices.ContainsFunc(c.CORSOrigins, isPlainHTTP), "CORS_ORIGINS",
		"must list https origins in production: whoever is on the way can write into a page that comes over http.")
	checkRanges(r, "TRUSTED_PROXIES", c.TrustedProxies)
	r.require(c.PrometheusURL == "" || isWebURL(c.PrometheusURL), "PROMETHEUS_URL", "must be an http or https address.")
	r.require(c.GrafanaURL == "" || isWebURL(c.GrafanaURL), "GRAFANA_URL", "must be an http or https address.")
	c.Seal.check(r)
	const acknowledged = "yes-owners-can-read-keys"
	r.require(!c.ShowKeys || c.Deploy == Local || c.ShowKeysAcknowledged == acknowledged, "API_KEYS_READABLE",
		"lets owners, and whoever holds their token, read API keys back; "+
			"to allow that in production set API_KEYS_READABLE_ACKNOWLEDGED="+acknowledged+".")
	c.Issuer.check(r, c.Deploy)
}

// check wants one key ring, and no doubt which; what it holds is found out when it
// is read.
func (c Seal) check(r *rules) {
	r.require(c.SealKeys == "" || c.SealKeysFile == "", "SEAL_KEYS", "and SEAL_KEYS_FILE must not both be set.")
	r.require(c.SealKeys != "" || c.SealKeysFile != "", "SEAL_KEYS_FILE",
		"must name the key ring that API keys are sealed with, or SEAL_KEYS hold it; create one with `worker keys "+
			"create FILE`.")
}

// mostLimit is more than any limit makes sense for.
const mostLimit = 1_000_000

// check wants counts.
func (c Limits) check(r *rules) {
	for field := range settingFields(reflect.ValueOf(c)) {
		count, _ := field.value.(int)
		between(r, field.key, count, 0, mostLimit)
	}
}

// check wants addresses that keys may be sent to.
func (c Models) check(r *rules, deploy Deploy) {
	for field := range settingFields(reflect.ValueOf(c)) {
		address, _ := field.value.(string)
		safe := isSecureURL(address) || deploy == Local && isWebURL(address)
		r.require(!strings.HasSuffix(field.key, "_URL") || address == "" || safe, field.key,
			"must be an https address such as https://models.example.com/v1; http is for DEPLOY_ENV=local.")
	}
}

// check makes sure that production never trusts the development issuer or
// keys that someone between could have replaced.
func (c Issuer) check(r *rules, deploy Deploy) {
	if deploy != Local {
		r.require(isSecureURL(c.AuthIssuer), "AUTH_ISSUER",
			"must be the https address of your identity provider in production; "+
				"the development issuer is for DEPLOY_ENV=local only.")
		r.require(isSecureURL(c.AuthJWKSURL), "AUTH_JWKS_URL",
			"must be the https address of your identity provider's keys in production.")
		return
	}
	r.require((c.AuthIssuer == "") == (c.AuthJWKSURL == ""), "AUTH_ISSUER",
		"and AUTH_JWKS_URL must be set together, or both left empty for the development issuer.")
	r.require(c.AuthJWKSURL == "" || isWebURL(c.AuthJWKSURL), "AUTH_JWKS_URL", "must be an http or https address.")
}

func (c Tool) check(r *rules) {
	c.Base.check(r)
	c.Fetch.check(r, c.Deploy)
}

func (c Keys) check(r *rules) {
	c.Base.check(r)
	c.Database.check(r, false)
}

func (c Worker) check(r *rules) {
	c.Common.check(r)
	c.Fetch.check(r, c.Deploy)
	c.Models.check(r, c.Deploy)
	c.Retention.check(r)
	c.Webhooks.check(r)
	r.checkDatabase("MIGRATE_DATABASE_URL", c.MigrateDatabaseURL, false)
	between(r, "INTERACTIVE_SLOTS", c.InteractiveSlots, 1, 1000)
	between(r, "NETWORK_SLOTS", c.NetworkSlots, 1, 1000)
	between(r, "BULK_SLOTS", c.BulkSlots, 1, 1000)
	between(r, "DATABASE_CONNS", c.DatabaseConns, 1, 1000)
}

// mostDays bounds how long something is kept for a time.
const mostDays = 3650

// check holds each number of days to its bounds: clients ask for their work for 30
// days, charges are looked up while work runs, and an audit is no audit after a day.
func (c Retention) check(r *rules) {
	for _, keep := range []struct {
		key         string
		days, least int
	}{
		{"KEEP_SUBMISSIONS_DAYS", c.Submissions, 30},
		{"KEEP_STEP_EVENTS_DAYS", c.StepEvents, 90},
		{"KEEP_MODEL_CALLS_DAYS", c.ModelCalls, 30},
		{"KEEP_AUDIT_LOG_DAYS", c.AuditLog, 30},
	} {
		r.require(keep.days == 0 || keep.days >= keep.least && keep.days <= mostDays, keep.key,
			fmt.Sprintf("must be 0 (for ever) or between %d and %d.", keep.least, mostDays))
	}
	between(r, "KEEP_BULK_OPERATIONS_DAYS", c.BulkOperations, 1, mostDays)
}

func (c Webhooks) check(r *rules) {
	checkRanges(r, "WEBHOOK_PREFIXES", c.WebhookPrefixes)
	between(r, "WEBHOOK_SLOTS", c.WebhookSlots, 1, 100)
	between(r, "WEBHOOK_TIMEOUT", c.WebhookTimeout, 100*time.Millisecond, 30*time.Second)
	between(r, "WEBHOOK_RETRY_FOR", c.WebhookRetryFor, time.Second, 6*24*time.Hour)
}

func (c Fetch) check(r *rules, deploy Deploy) {
	checkPrefixes(r, "FETCH_ALLOW_PREFIXES", c.FetchAllowPrefixes, deploy)
}

// checkPrefixes checks address ranges that the setting or flag of that name opens.
func checkPrefixes(r *rules, name string, prefixes []netip.Prefix, deploy Deploy) {
	r.require(deploy == Local || len(prefixes) == 0, name,
		"opens private networks to fetching, so it is for DEPLOY_ENV=local only; leave it out.")
	checkRanges(r, name, prefixes)
}

// checkRanges wants address ranges that are written as such and leave some addresses out.
func checkRanges(r *rules, name string, prefixes []netip.Prefix) {
	for _, prefix := range prefixes {
		r.require(prefix.IsValid() && prefix.Masked() == prefix, name,
			"must list address ranges that start at their first address, such as 127.0.0.0/8.")
		r.require(prefix.Bits() != 0, name, "must not allow every address.")
	}
}

// checkDatabase looks at the form only; whether the database answers is found
// out when it is used.
func (r *rules) checkDatabase(key string, value Secret, required bool) {
	v := value.Reveal()
	if v == "" {
		r.require(!required, key, "must be set to a PostgreSQL address such as postgres://user@host:5432/onboarding.")
		return
	}
	isURL := strings.HasPrefix(v, "postgres://") || strings.HasPrefix(v, "postgresql://")
	r.require(isURL || !strings.Contains(v, "://") && strings.Contains(v, "="), key,
		"must start with postgres:// or be a list such as host=/run/postgresql dbname=onboarding.")
}

func isListenAddr(addr string) bool {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err == nil
}

func isWebURL(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil
}

// isSecureURL accepts https, and http to the machine itself, for a proxy beside
// the process.
func isSecureURL(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil || !isWebURL(raw) {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Scheme == "https" || u.Hostname() == "localhost" || (err == nil && ip.IsLoopback())
}

func isPlainHTTP(origin string) bool { return strings.HasPrefix(strings.ToLower(origin), "http:") }

func notOrigin(raw string) bool {
	u, err := url.Parse(raw)
	return err != nil || !isWebURL(raw) || u.Path+u.RawQuery+u.Fragment != "" || strings.Contains(raw, "*")
}
