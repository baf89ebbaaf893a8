// Package apitest is for the tests of the API's packages: the whole server on a real
// socket with a real database, a worker whose outbound work is a stub, and the checks
// that hold every answer against the OpenAPI document.
package apitest

const (
	// Base is where the operations of users begin.
	Base = "/api/onboarding"

	// PathStatus and PathKeys are those that many tests ask, PathSubmit that of step 2.
	PathStatus = Base + "/status"
	PathKeys   = Base + "/api-keys"
	PathSubmit = Base + "/step/2/complete"

	// AModelKey looks like an API key of OpenAI, Canary like one that is searched for in answers and logs.
	AModelKey = "sk-0123456789abcdefWXYZ"
	Canary    = "sk-live-secret"
)
