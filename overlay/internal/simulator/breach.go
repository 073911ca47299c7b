package simulator

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
)

// Breach is an answer of the simulator's own that did not fit the document. It
// is a defect of the simulator or of the document, never of the client.
type Breach struct {
	Operation string
	Status    int
	// Rule says what the document wants and the answer does not give.
	Rule string
}

// Error is one line with the operation, the status and the rule.
func (b Breach) Error() string {
	return fmt.Sprintf("simulator: own answer %d to %s breaks the document: %s", b.Status, b.Operation, b.Rule)
}

// maxBreaches bounds the breaches that are kept; one is already a defect.
const maxBreaches = 100

// broken keeps a breach and returns what the client gets in its place.
func (e *Engine) broken(breach Breach) Answer {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.breaches) < maxBreaches {
		e.breaches = append(e.breaches, breach)
	}
	return Answer{
		Status:      http.StatusInternalServerError,
		Body:        map[string]any{"message": breach.Error()},
		OffDocument: true,
	}
}

// Breaches lists the answers of the simulator's own that broke the document, at
// most the first hundred.
func (e *Engine) Breaches() []Breach {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.breaches)
}

// Err joins the breaches, each with its operation and its rule; nil without any.
func (e *Engine) Err() error {
	var all []error
	for _, breach := range e.Breaches() {
		all = append(all, breach)
	}
	return errors.Join(all...)
}

// EndWith closes a simulator when a test ends, and fails the test if it has an error
// then: a breach is a defect of the simulator, which no test should pass over.
func EndWith(t testing.TB, s interface {
	Close()
	Err() error
}) {
	t.Helper()
	t.Cleanup(func() {
		s.Close()
		if err := s.Err(); err != nil {
			t.Error(err)
		}
	})
}
