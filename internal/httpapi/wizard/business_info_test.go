package wizard_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi/apitest"
)

const aBusiness = `{"user_id":1,"business_description":" We repair bicycles in Leeds. ","industry":"Repair","target_audience":null,"business_goals":""}`

func TestBusinessInfo(t *testing.T) {
	t.Parallel()
	f := apitest.NewWithWorker(t)
	for _, path := range []string{"/onboarding/business-info", apitest.Base + "/business-info"} {
		for _, method := range []string{http.MethodPost, http.MethodPut} {
			apitest.RequireProblem(t, f.As("ada", method, path, `{"business_description":"Too short"}`), 400, "too_short")
			row := f.OK(method, path, aBusiness)
			assert.Equal(t, "We repair bicycles in Leeds.", row["business_description"])
			assert.Equal(t, "ada", row["user_id"], "the user is who is signed in")
			assert.Equal(t, "Repair", row["industry"])
			assert.Nil(t, row["target_audience"])
			assert.Nil(t, row["business_goals"])
			assert.NotEmpty(t, row["submission_id"])

			one := fmt.Sprintf("%s/%.0f", path, row["id"])
			read := f.As("ada", http.MethodGet, one, "")
			require.Equal(t, 200, read.Status)
			assert.Equal(t, row["business_description"], read.Object(t)["business_description"])
			assert.Equal(t, 304, f.As("ada", http.MethodGet, one, "", "If-None-Match", read.Header.Get("ETag")).Status)
			for _, id := range []string{"ada", "1"} {
				assert.Equal(t, row["id"], f.OK(http.MethodGet, path+"/user/"+id, "")["id"])
			}
			changed := f.OK(http.MethodPut, one, `{"business_description":"We sell bicycles in Leeds."}`)
			assert.Equal(t, row["id"], changed["id"])
			assert.Nil(t, changed["industry"], "a PUT replaces the whole")
			assert.Equal(t, 200, f.As("ada", http.MethodGet, one, "", "If-None-Match", read.Header.Get("ETag")).Status)

			apitest.RequireProblem(t, f.As("bob", http.MethodGet, one, ""), 404, "not_found")
			apitest.RequireProblem(t, f.As("bob", http.MethodPut, one, aBusiness), 404, "not_found")
			apitest.RequireProblem(t, f.As("ada", http.MethodGet, path+"/0", ""), 404, "not_found")
			for _, id := range []string{"ada", "1", "bob"} {
				apitest.RequireProblem(t, f.As("bob", http.MethodGet, path+"/user/"+id, ""), 404, "not_found")
			}
		}
	}
	require.Eventually(t, func() bool { return f.OK(http.MethodGet, apitest.Base+"/step/2", "")["status"] == "completed" },
		waitLong, tick)
	assert.Nil(t, f.OK(http.MethodGet, apitest.Base+"/website-analysis", "")["website_url"])
}
