// Package wekatest simulates a WEKA cluster for tests, like [net/http/httptest].
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
// In a testing/synctest bubble use [InMemory]: the simulator then needs no port and
// follows the time of the bubble, in which months pass at once:
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
// The account is admin/admin. Six servers have one drive each, 1 EiB in all. The filesystem
// group "default" and the NFS interface group "default" exist.
//
//   - Logins by JSON and by form, refreshes, expiry, rotation, revocation, lockouts,
//     passwords that must be changed, roles, and sessions that see their own tenant only.
//   - Filesystems that are CREATING, READY and REMOVING, and the object store buckets that
//     they are tiered to; quotas and default quotas on the directories of
//     [Server.MakeDirectory]; snapshots with uploads and restores; tenants and users; NFS
//     permissions, client groups and interface groups; S3 buckets, policies and keys; the
//     cluster's status, containers, processes, drives, alerts, events and statistics;
//     background tasks, at most 32 at once.
//   - Every other collection to which the API can add keeps its objects. Any other
//     operation responds with a sample that fits its schema, with integers beyond 2^53.
//
// The simulator is as strict as a cluster: an unknown or missing query parameter or body
// member, and a value that is not valid, is a 400 that names it; a route that the [Release]
// does not have is a 404; a request without a valid token is a 401. Responses are
// validated against the API's document, which is at /api/v2/docs; see [Server.Err].
//
// It has a cluster's irregularities: empty lists of alerts, events, quotas and tasks are
// null; an inode is a quoted number from resolvePath and a number elsewhere; some deletions
// of an object that does not exist are a 400; the quota of a directory without one is a 500.
//
// # Faults, endpoints and state
//
// [Server.On] makes requests fail: with a status, a proxy's page, a delay, a cut
// connection, half a body, an expired token. [Endpoints] gives the cluster several
// addresses, and [Server.StopEndpoint] takes one down. [Server.Seed] adds objects, and
// [Server.Objects] and [Server.Requests] show the result of a test.
package wekatest
