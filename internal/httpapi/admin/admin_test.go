package admin_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/httpapi/apitest"
)

const adminPath = apitest.Base + "/admin"

// parameters fills the parameters of a path of the document.
var parameters = strings.NewReplacer("{user_id}", "grace", "{name}", "bulk", "{id}",
	"0197c1d2-0000-7000-8000-000000000000")

// Every operation below /admin refuses who is no operator, whatever is sent, and the refusal is written
// to the audit log.
func TestAdminOperationsNeedTheRole(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	document, err := apitest.Described()
	require.NoError(t, err)
	tried := 0
	for path, item := range document.Paths.Map() {
		if !strings.HasPrefix(path, adminPath) {
			continue
		}
		for method, operation := range item.Operations() {
			assert.Equal(t, []string{"admin"}, operation.Tags, "%s %s", method, path)
			for _, role := range []string{"", "Admin", "user"} {
				token := f.TokenOf(auth.User{ID: "ada", Role: role, Scopes: []string{"admin"}})
				apitest.RequireProblem(t, f.Send(method, parameters.Replace(path), "nonsense", "Authorization", "Bearer "+token),
					403, "admin_only")
			}
			about := "select coalesce(sum(count), 0)::int from audit_log where actor = 'ada' and user_id = 'ada' and action = $1 " +
				"and detail ->> 'allowed' = 'false' and (detail ? 'about') = $2"
			assert.Equal(t, 3, f.Count(about, "admin."+operation.OperationID, strings.Contains(path, "{user_id}")),
				"%s %s: the caller's history has it", method, path)
			tried++
		}
	}
	assert.Positive(t, tried)
	assert.Equal(t, tried, f.Count("select count(*) from audit_log"), "repeats have one row")
	assert.Zero(t, f.Count("select count(*) from audit_log a where strpos(to_jsonb(a)::text, 'grace') > 0"))
}

func TestAuditLog(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	for _, action := range []string{"account.delete", "inputs.rebuild", "account.delete"} {
		_, err := f.DB.System.Exec(t.Context(),
			"insert into audit_log (actor, action, user_id) values ('someone', $1, 'grace')", action)
		require.NoError(t, err)
	}
	first := f.AsAdmin(http.MethodGet, adminPath+"/audit?limit=2", "").Object(t)
	entries := apitest.List(t, first, "entries")
	require.Len(t, entries, 2)
	assert.Equal(t, "admin.listAudit", entries[0]["action"], "the call itself is there before its answer")
	assert.Equal(t, "ops", entries[0]["actor"])
	assert.Equal(t, true, apitest.At(t, entries[0], "detail", "allowed"))
	assert.Nil(t, entries[0]["user_id"])
	assert.Equal(t, "account.delete", entries[1]["action"])
	assert.Equal(t, "grace", entries[1]["user_id"])

	older := f.AsAdmin(http.MethodGet, fmt.Sprintf("%s/audit?before=%v", adminPath, first["next_before"]), "").Object(t)
	assert.Len(t, apitest.List(t, older, "entries"), 2)
	assert.Nil(t, older["next_before"])

	for query, want := range map[string]int{
		"actor=someone": 3, "action=account.delete": 2, "user_id=grace": 3, "user_id=nobody": 0,
		"actor=someone&action=inputs.rebuild":                                 1,
		"actor=someone&since=2000-01-01T00:00:00Z&until=2999-01-01T00:00:00Z": 3, "since=2999-01-01T00:00:00Z": 0,
		"until=2000-01-01T00:00:00Z": 0, "changes=true": 3,
	} {
		page := f.AsAdmin(http.MethodGet, adminPath+"/audit?"+query, "").Object(t)
		assert.Len(t, apitest.List(t, page, "entries"), want, query)
	}
	f.Exec("insert into audit_log (id, at, actor, action, user_id) overriding system value " +
		"values (0, '2020-05-05T12:00:00Z', 'someone', 'account.delete', 'ada')")
	page := f.AsAdmin(http.MethodGet, adminPath+"/audit?since=2020-05-05T12:00:00Z&until=2020-05-05T12:00:01Z", "").Object(t)
	assert.Len(t, apitest.List(t, page, "entries"), 1, "the one of that second")
	for _, query := range []string{"limit=0", "limit=501", "before=x", "since=yesterday"} {
		apitest.RequireProblem(t, f.AsAdmin(http.MethodGet, adminPath+"/audit?"+query, ""), 400, "invalid_field")
	}
}

// If the audit log cannot be written, nothing is answered.
func TestAdminCallsNeedTheAuditLog(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	f.DB.System.Close()
	r := f.AsAdmin(http.MethodGet, adminPath+"/audit", "")
	assert.GreaterOrEqual(t, r.Status, 500, "%s", r.Body)
}
