// Package wekatest simulates a WEKA cluster, so that programs which use one can
// be tested without it, in the manner of [net/http/httptest].
//
//	func TestReport(t *testing.T) {
//		srv := wekatest.New(t)
//		c, err := weka.New(srv.URL, weka.WithPassword("admin", "admin"), weka.WithTransport(srv.Transport()))
//		if err != nil {
//			t.Fatal(err)
//		}
//		defer c.Close()
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
// pipes in place of a port and follows the time of the bubble, so that months take
// no time:
//
//	func TestReportEachHour(t *testing.T) {
//		synctest.Test(t, func(t *testing.T) {
//			srv := wekatest.New(t, wekatest.InMemory())
//			c, err := weka.New(srv.URL, weka.WithPassword("admin", "admin"), weka.WithTransport(srv.Transport()))
//			if err != nil {
//				t.Fatal(err)
//			}
//			defer c.Close()
//			for range 24 {
//				if err := report(t.Context(), c); err != nil {
//					t.Fatal(err)
//				}
//				time.Sleep(time.Hour) // takes no time, and ends every access token
//			}
//			if srv.Logins() != 1 || srv.Refreshes() == 0 {
//				t.Errorf("%d logins, %d refreshes", srv.Logins(), srv.Refreshes())
//			}
//		})
//	}
//
// # What is simulated
//
// The account is admin/admin, the filesystem group "default" exists, six servers
// with a drive each hold 1 EiB, and NFS has the interface group "default".
//
//   - Logins by JSON and by form, refreshes, expiry, rotation, revocation, the
//     lockout, passwords that must be changed, roles, and sessions that see their
//     own tenant only.
//   - Filesystems that are CREATING, READY, REMOVING and gone, and the object store
//     buckets that they are tiered to; quotas by inode, and default ones, with the
//     directories that [Server.MakeDirectory] made and the background task that
//     colours them; snapshots with uploads, restores and removals; tenants and
//     users; NFS permissions, client groups and interface groups; S3 buckets,
//     policies and keys; the cluster's status, containers, processes, drives,
//     alerts, events and figures; tasks, of which 32 run at most.
//   - Every other collection to which the API can add keeps what it was given.
//     What is left answers with a sample that fits its schema, whose integers are
//     beyond 2^53.
//
// The simulator is as strict as a cluster: an unknown query parameter or body
// member, a missing one and a value that does not fit are a 400 which names it,
// a route that the [Release] does not have is a 404, and an operation that wants a
// token answers 401 without a valid one. Its answers are checked against the same
// document, and a test fails with the operation and the rule if one does not fit.
// The API's document itself is at /api/v2/docs.
//
// It is as odd as a cluster, too: lists of alerts, events, quotas and tasks are
// null when empty, an inode is a quoted number where it is resolved and a bare one
// elsewhere, to delete what does not exist is a 400 for some, and a directory
// without a quota is a 500.
//
// # Faults, endpoints, state
//
// [Server.On] makes requests fail: with a status, a proxy's page, a delay, a cut
// connection, half a body, a token that ends. [Endpoints] gives the cluster
// several addresses, and [Server.StopEndpoint] takes one down. [Server.Seed] puts
// objects in, and [Server.Objects] and [Server.Requests] show what came of a test.
package wekatest
