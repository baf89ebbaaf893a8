package webpage

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// failureIn returns the failure that an error must hold.
func failureIn(t *testing.T, err error) *onboarding.Failure {
	t.Helper()
	var failure *onboarding.Failure
	require.ErrorAs(t, err, &failure)
	return failure
}

func mustURL(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	require.NoError(t, err)
	return u
}
