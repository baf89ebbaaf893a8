// Package apitest is for the tests of the API's packages: the whole server on a real
// socket with a real database, a worker whose outbound work is a stub, and the checks
// that hold every answer against the OpenAPI document.
package apitest

const (
	// Base is where the operations of users begin.
	Base = "/api/onboarding"

	// PathStatus is the status of the onboarding.
	PathStatus = Base + "/status"
	// PathKeys are the API keys.
	PathKeys = Base + "/api-keys"
	// PathSubmit submits step 2.
	PathSubmit = Base + "/step/2/complete"

	// AModelKey looks like an API key of OpenAI.
	AModelKey = "sk-0123456789abcdefWXYZ"
	// Canary is a secret that must not come back.
	Canary = "sk-live-secret"
)
