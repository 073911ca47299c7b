package call_test

import (
	"testing"

	"github.com/hotcold-go/hotcold/overlay/call"
)

// The class of a request made with Do goes by its method, but what the table wants done
// once is not sent again because it is called by its path.
func TestClassOfDo(t *testing.T) {
	for _, test := range []struct{ method, path, class string }{
		{"GET", "/nothing", call.ClassSafe},
		{"HEAD", "/nothing", call.ClassSafe},
		{"PUT", "/nothing", call.ClassIdempotent},
		{"DELETE", "/users/7", call.ClassIdempotent},
		{"DELETE", "/users/7/revoked", call.ClassIdempotent},
		{"DELETE", "/users/7/revoke/all", call.ClassIdempotent},
		{"PUT", "/users/7/revoke", call.ClassIdempotent},
		{"DELETE", "/users/7/revoke", call.ClassOnce},
		{"DELETE", "users/a%2Fb/revoke/?force=true", call.ClassOnce},
		{"POST", "/nothing", call.ClassOnce},
		{"PATCH", "/nothing", call.ClassOnce},
	} {
		s := answers(200, `{"data":null}`)
		if err := client(s).Do(t.Context(), test.method, test.path, nil, nil); err != nil {
			t.Fatal(err)
		}
		if class := call.OperationOf(s.request.Context()).Class; class != test.class {
			t.Errorf("%s %s: %s, want %s", test.method, test.path, class, test.class)
		}
	}
}
