package findings_test

import (
	"testing"

	"github.com/alwrity/onboarding/internal/httpapi/apitest"
)

func TestMain(m *testing.M) { apitest.Main(m, "findings") }
