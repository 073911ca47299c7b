package call_test

import (
	"testing"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
)

// The class of a request made with Do goes by its method, but what the table wants done
// once is not sent again because it is called by its path.
func TestClassOfDo(t *testing.T) {
	for _, test := range []struct {
		method, path string
		class        api.Class
	}{
		{"GET", "/nothing", api.ClassSafe},
		{"HEAD", "/nothing", api.ClassSafe},
		{"PUT", "/nothing", api.ClassIdempotent},
		{"DELETE", "/users/7", api.ClassIdempotent},
		{"DELETE", "/users/7/revoked", api.ClassIdempotent},
		{"DELETE", "/users/7/revoke/all", api.ClassIdempotent},
		{"PUT", "/users/7/revoke", api.ClassIdempotent},
		{"DELETE", "/users/7/revoke", api.ClassOnce},
		{"DELETE", "users/a%2Fb/revoke/?force=true", api.ClassOnce},
		{"POST", "/nothing", api.ClassOnce},
		{"PATCH", "/nothing", api.ClassOnce},
	} {
		s := answers(200, `{"data":null}`)
		if err := client(s).Do(t.Context(), test.method, test.path, nil, nil); err != nil {
			t.Fatal(err)
		}
		if class := call.StateOf(s.request).Operation().Class(); class != test.class {
			t.Errorf("%s %s: %s, want %s", test.method, test.path, class, test.class)
		}
	}
}
