package transport_test

import (
	"errors"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

// What may change something is refused before a token is asked for.
func TestReadOnly(t *testing.T) {
	for operation, refused := range map[string]bool{"safe": false, "login": false, "idempotent": true, "delete": true, "once": true} {
		k, c := &tokens{left: []string{"one"}}, &scripted{steps: []step{good}}
		err := make1(t, calling(t, c, transport.Layers{ReadOnly: true, Tokens: k}), operation)
		if errors.Is(err, call.ErrReadOnly) != refused || (len(c.sent) == 0) != refused || refused && k.asked > 0 {
			t.Errorf("%s: got %v after %d sendings", operation, err, len(c.sent))
		}
		if refused {
			failed := failure(t, err)
			if !errors.Is(failed.Class, call.ErrReadOnly) || failed.Attempts != 0 || failed.Operation != operation {
				t.Errorf("%s: got %v", operation, failed)
			}
		}
	}
}

// Do goes by its method, and so does what no call made.
func TestReadOnlyByMethod(t *testing.T) {
	for method, refused := range map[string]bool{"GET": false, "HEAD": false, "POST": true, "PUT": true, "PATCH": true, "DELETE": true} {
		c := &scripted{steps: []step{good}}
		client := calling(t, c, transport.Layers{ReadOnly: true})
		if err := client.Do(t.Context(), method, "/x", nil, nil); errors.Is(err, call.ErrReadOnly) != refused {
			t.Errorf("Do %s: got %v", method, err)
		}
		content := text("body")
		r := request(t, content)
		r.Method = method
		answer, err := (&transport.ReadOnly{Next: c}).RoundTrip(r)
		if errors.Is(err, call.ErrReadOnly) != refused || content.closed != 1 {
			t.Errorf("%s: got %v, %v; the body was closed %d times", method, answer, err, content.closed)
		}
	}
}
