// Package wekatest simulates a WEKA cluster, so that programs which use one can
// be tested without it, in the manner of [net/http/httptest].
//
//	func TestReport(t *testing.T) {
//		srv := wekatest.New(t, wekatest.WithAccessTTL(3*time.Second))
//		c, err := weka.New(srv.URL,
//			weka.WithPassword("admin", "admin"),
//			weka.WithTransport(srv.Transport()))
//		if err != nil {
//			t.Fatal(err)
//		}
//		defer c.Close()
//
//		if err := report(t.Context(), c); err != nil { // your own code
//			t.Fatal(err)
//		}
//		srv.ExpireTokens() // or srv.Advance(time.Hour)
//		if err := report(t.Context(), c); err != nil {
//			t.Fatal(err)
//		}
//	}
//
// Inside a testing/synctest bubble add [InMemory]: the simulator then listens on
// pipes in place of a port and follows the time of the bubble.
//
// # What is simulated
//
// Logins, refreshes, expiry, revocation and the lockout after five wrong
// passwords; filesystems that are CREATING, READY, REMOVING and gone; filesystem
// groups; the cluster's status. The account is admin/admin, the group "default"
// exists, the drives hold 1 EiB. Every other operation of release 5.1 answers
// with a sample that fits its schema, whose integers are beyond 2^53.
//
// The simulator is as strict as a cluster: an unknown query parameter or body
// member, a missing one and a value that does not fit are a 400 which names it,
// a route that the release does not have is a 404, and an operation that wants a
// token answers 401 without a valid one.
//
// Faults come on demand, through [Server.Fail] and [Server.Intercept].
package wekatest
