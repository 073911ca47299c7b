package token_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain runs the test binary as one of the processes that process_test.go
// starts, or the tests.
func TestMain(m *testing.M) {
	if role := os.Getenv("TOKEN_TEST_ROLE"); role != "" {
		runRole(role)
		return
	}
	goleak.VerifyTestMain(m)
}
