package webpage

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// requireFailure checks that an error holds a failure.
func requireFailure(t *testing.T, err error) {
	t.Helper()
	var failure *onboarding.Failure
	require.ErrorAs(t, err, &failure)
}

func mustURL(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	require.NoError(t, err)
	return u
}
