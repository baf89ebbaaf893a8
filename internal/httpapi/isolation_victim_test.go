package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi/admin"
	"github.com/alwrity/onboarding/internal/httpapi/apitest"
)

const (
	// secret is in everything that the victim stores, and in nothing that the attackers send.
	secret = "quincunx7"
	// victim is the user whose data the attackers are after. Attackers know the id.
	victim = "user_victim"
)

// prey is what attackers try to reach.
type prey struct {
	*attack
	// ids are those of the victim's objects, by the name that the paths of the document give their kind.
	ids map[string]string
	// tags are the ETags of what the victim reads, by path.
	tags map[string]string
}

var uuidPattern = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// newPrey lets the victim go through all steps with a worker, and operators have work about the victim.
func newPrey(t *testing.T, a *attack) *prey {
	t.Helper()
	p := &prey{attack: a, ids: map[string]string{
		"user_id": victim, "n": "2", "provider": "openai", "name": "network",
		"version": "1", "other": "2",
	}}
	_, err := a.asOwner(t).Exec(t.Context(), `select setval(oid, 700000) from pg_class
		where relkind = 'S' and relnamespace = 'public'::regnamespace`) // no count is taken for an id
	require.NoError(t, err)
	website := "https://" + secret + ".example"
	ok := func(method, path, body string) map[string]any {
		header := a.as(t, victim)
		header.Set("Idempotency-Key", keyOf(apitest.Base+path))
		r := a.send(t, try{method: method, path: apitest.Base + path, body: body, header: header})
		require.Less(t, r.Status, 300, "%s %s: %s", method, path, r.Body)
		if len(r.Body) == 0 {
			return nil
		}
		return r.Object(t)
	}
	step := func(n int, data string) {
		ok(http.MethodPost, fmt.Sprintf("/step/%d/complete", n), `{"data":`+data+`}`)
		a.Eventually(1, "select count(*) from onboarding_steps where user_id = $1 and step = $2 and status = 'completed'",
			victim, n)
	}
	ok(http.MethodPost, "/start", "")
	step(1, `{"api_keys":{"openai":"sk-`+secret+`-0123456789"}}`)
	step(2, `{"website":"`+website+`"}`)
	step(3, `{"research_depth":"Deep","competitors":[{"url":"https://rival.`+secret+`.example","title":"`+secret+`"}]}`)
	row := ok(http.MethodPost, "/business-info", `{"business_description":"We repair the bicycles of `+secret+`."}`)
	p.ids["business"] = fmt.Sprintf("%.0f", row["id"])
	step(4, `{"selected_platforms":["blog"]}`)
	step(5, `{"integrations":{"wordpress":"`+secret+`"}}`)
	task := ok(http.MethodPost, "/step4/generate-personas-async", `{"onboarding_data":{},"selected_platforms":["blog"]}`)
	p.ids["task"] = fmt.Sprint(task["task_id"])
	ok(http.MethodPost, "/style-detection/complete", `{"url":"`+website+`","include_patterns":true}`)
	analyses := apitest.List(t, ok(http.MethodGet, "/style-detection/session-analyses", ""), "analyses")
	p.ids["analysis"], p.ids["url"] = fmt.Sprintf("%.0f", analyses[0]["id"]), url.PathEscape(website)
	ok(http.MethodPut, "/style-detection/analysis/"+p.ids["analysis"], `{"writing_style":{"tone":"`+secret+`"}}`) // version 2
	operation := a.send(t, try{
		method: http.MethodPost, path: apitest.Base + "/admin/bulk-operations", header: a.operator(t),
		body: `{"kind":"rebuild_inputs","filter":{"step":2,"status":"completed"}}`,
	})
	require.Less(t, operation.Status, 300, "%s", operation.Body)
	p.ids["operation"] = fmt.Sprint(operation.Object(t)["id"])
	a.Eventually(1, "select count(*) from bulk_items where user_id = $1 and status = 'done'", victim)
	a.Eventually(0, "select count(*) from river_job where state not in ('completed', 'cancelled', 'discarded') "+
		"and kind <> 'doctor'")
	p.ids["job_id"] = fmt.Sprint(a.Count("select max(id) from river_job"))
	p.ids["dead"] = a.deadJob(t)
	p.tags = map[string]string{}
	return p
}

// asOwner returns a connection that row-level security does not hold.
func (a *attack) asOwner(t *testing.T) *pgx.Conn {
	t.Helper()
	if a.owner == nil {
		owner, err := pgx.Connect(t.Context(), a.DB.URL)
		require.NoError(t, err)
		t.Cleanup(func() { _ = owner.Close(context.Background()) })
		a.owner = owner
	}
	return a.owner
}

// deadJob records a dead job of the victim and returns its submission.
func (a *attack) deadJob(t *testing.T) (submission string) {
	t.Helper()
	require.NoError(t, a.asOwner(t).QueryRow(t.Context(), `
		insert into dead_jobs (submission_id, session_id, user_id, job_id, kind, code, attempts, recoveries)
		select id, session_id, user_id, 1, kind, 'internal_error', 4, 0 from submissions
		where user_id = $1 and kind = 'website_analysis' limit 1 returning submission_id`, victim).Scan(&submission))
	return submission
}

// object returns the id of the victim's object that a parameter of a path stands for.
func (p *prey) object(path, parameter string) string {
	if parameter != "id" {
		return p.ids[parameter]
	}
	for part, kind := range map[string]string{
		"/business-info/": "business", "/persona-task/": "task", "/analysis/": "analysis",
		"/bulk-operations/": "operation", "/dead-jobs/": "dead", "/submissions/": "dead",
	} {
		if strings.Contains(path, part) {
			return p.ids[kind]
		}
	}
	return ""
}

// stored writes a query of what is stored of a user, with a line for each table.
const stored = `select string_agg(format('select %L || count(*) || '' '' ||
		coalesce(md5(string_agg(x::text, e''\n'' order by x::text)), '''') from %I x where user_id = $1',
		table_name || ' ', table_name), ' union all ')
	from information_schema.columns join information_schema.tables using (table_schema, table_name)
	where table_schema = 'public' and column_name = 'user_id' and table_type = 'BASE TABLE'
	and table_name <> 'rollup_sessions'`

// rows returns the number and a digest of what is stored of the victim, a line for each table.
func (p *prey) rows(t *testing.T) []string {
	t.Helper()
	var query string
	require.NoError(t, p.asOwner(t).QueryRow(t.Context(), stored).Scan(&query))
	rows, err := p.asOwner(t).Query(t.Context(), query+" order by 1", victim)
	require.NoError(t, err)
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.Greater(t, len(lines), 12)
	return lines
}

// keyOf is the idempotency key that the victim and the attackers use for a path.
func keyOf(path string) string { return "key-" + strings.ReplaceAll(path, "/", "_") }

// isGuarded reports whether a route needs a token. The others are pages, which hold nobody's data, and signing in.
func isGuarded(request try) bool {
	method, pattern, _ := strings.Cut(request.route, " ")
	if method == http.MethodHead {
		method = http.MethodGet
	}
	document, err := apitest.Described()
	if err != nil {
		return true
	}
	item := document.Paths.Find(pattern)
	return item != nil && item.GetOperation(method) != nil && len(*item.GetOperation(method).Security) > 0 ||
		strings.HasPrefix(pattern, admin.PathConsole)
}

// refused reports that a request without an accepted token got more than a refusal.
func (p *prey) refused(request try, r apitest.Response) error {
	if isGuarded(request) && r.Status != http.StatusUnauthorized {
		return errors.New("it is not refused")
	}
	return nil
}

// ordinary reports that somebody who is neither an operator nor a service got what is for those.
func (p *prey) ordinary(request try, r apitest.Response) error {
	special := strings.Contains(request.route, "/admin/") || strings.Contains(request.route, admin.PathConsole) ||
		strings.Contains(request.route, "/users/")
	if special && r.Status != http.StatusUnauthorized && r.Status != http.StatusForbidden {
		return errors.New("it is not refused")
	}
	return nil
}

// without reports that a response holds something of the victim that the request did not.
func (p *prey) without(request try, r apitest.Response) error {
	text := &strings.Builder{}
	_ = r.Header.Write(text)
	text.Write(r.Body)
	sent := request.path + request.body + request.header.Get("X-User-Id")
	for _, of := range append(uuidPattern.FindAllString(fmt.Sprint(p.ids), -1), victim, secret) {
		if strings.Contains(text.String(), of) && !strings.Contains(sent, of) {
			return fmt.Errorf("it holds %s of the victim", of)
		}
	}
	if r.Status == http.StatusNotModified && p.tags[request.path] != "" {
		return errors.New("it tells that the victim's state is the same")
	}
	if r.Header.Get("Idempotency-Replayed") != "" {
		return errors.New("it is the response to somebody else's request")
	}
	return nil
}

// requireVisible checks that the victim, operators and services see what nobody else may, and notes the ETags.
func (p *prey) requireVisible(t *testing.T, requests []try) {
	t.Helper()
	service := bearer(p.provider.token(t, "crm", jwt.MapClaims{"scope": "inputs:read"}))
	seen := 0
	for _, request := range requests {
		if request.method != http.MethodGet {
			continue
		}
		request.header = p.as(t, victim)
		switch {
		case strings.Contains(request.path, "/admin/") || strings.Contains(request.path, admin.PathOps):
			request.header = p.operator(t)
		case strings.Contains(request.path, "/users/"):
			request.header = service
		}
		r := p.send(t, request)
		if bytes.Contains(r.Body, []byte(secret)) || bytes.Contains(r.Body, []byte(victim)) {
			seen++
			p.tags[request.path] = r.Header.Get("ETag")
		}
	}
	require.Greater(t, seen, 20, "the victim's data can be seen")
}

// naming adds the victim's ids to a body, wherever an object might take whose it is.
func (p *prey) naming(body string) string {
	object := map[string]any{}
	if json.Unmarshal([]byte(body), &object) != nil {
		return body
	}
	for _, name := range []string{"user_id", "userId", "sub", "clerk_user_id", "owner"} {
		object[name] = victim
	}
	for _, name := range []string{"id", "submission_id", "task_id", "session_id", "analysis_id"} {
		object[name] = p.ids["dead"]
	}
	named, err := json.Marshal(object)
	if err != nil {
		return body
	}
	return string(named)
}
