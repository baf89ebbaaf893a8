package httpapi_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const aBusiness = `{"user_id":1,"business_description":" We repair bicycles in Leeds. ","industry":"Repair","target_audience":null,"business_goals":""}`

func TestBusinessInfo(t *testing.T) {
	t.Parallel()
	f := newStaffedFixture(t)
	for _, path := range []string{"/onboarding/business-info", base + "/business-info"} {
		for _, method := range []string{http.MethodPost, http.MethodPut} {
			requireProblem(t, f.as("ada", method, path, `{"business_description":"Too short"}`), 400, "too_short")
			row := f.ok(method, path, aBusiness)
			assert.Equal(t, "We repair bicycles in Leeds.", row["business_description"])
			assert.Equal(t, "ada", row["user_id"], "the user is who is signed in")
			assert.Equal(t, "Repair", row["industry"])
			assert.Nil(t, row["target_audience"])
			assert.Nil(t, row["business_goals"])
			assert.NotEmpty(t, row["submission_id"])

			one := fmt.Sprintf("%s/%.0f", path, row["id"])
			read := f.as("ada", http.MethodGet, one, "")
			require.Equal(t, 200, read.status)
			assert.Equal(t, row["business_description"], read.object(t)["business_description"])
			assert.Equal(t, 304, f.as("ada", http.MethodGet, one, "", "If-None-Match", read.header.Get("ETag")).status)
			for _, id := range []string{"ada", "1"} {
				assert.Equal(t, row["id"], f.ok(http.MethodGet, path+"/user/"+id, "")["id"])
			}
			changed := f.ok(http.MethodPut, one, `{"business_description":"We sell bicycles in Leeds."}`)
			assert.Equal(t, row["id"], changed["id"])
			assert.Nil(t, changed["industry"], "a PUT replaces the whole")
			assert.Equal(t, 200, f.as("ada", http.MethodGet, one, "", "If-None-Match", read.header.Get("ETag")).status)

			requireProblem(t, f.as("bob", http.MethodGet, one, ""), 404, "not_found")
			requireProblem(t, f.as("bob", http.MethodPut, one, aBusiness), 404, "not_found")
			requireProblem(t, f.as("ada", http.MethodGet, path+"/0", ""), 404, "not_found")
			for _, id := range []string{"ada", "1", "bob"} {
				requireProblem(t, f.as("bob", http.MethodGet, path+"/user/"+id, ""), 404, "not_found")
			}
		}
	}
	require.Eventually(t, func() bool { return f.ok(http.MethodGet, base+"/step/2", "")["status"] == "completed" }, waitLong, tick)
	assert.Nil(t, f.ok(http.MethodGet, base+"/website-analysis", "")["website_url"])
}
