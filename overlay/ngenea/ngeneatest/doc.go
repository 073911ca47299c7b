// Package ngeneatest simulates an Ngenea Hub, so that programs which use one can
// be tested without it, in the manner of [net/http/httptest].
//
//	func TestArchive(t *testing.T) {
//		srv := ngeneatest.New(t)
//		h, err := ngenea.New(srv.URL, ngenea.WithPassword("dfoster", "secret"), ngenea.WithTransport(srv.Transport()))
//		if err != nil {
//			t.Fatal(err)
//		}
//		defer h.Close()
//		if err := archive(t.Context(), h); err != nil { // your own code
//			t.Fatal(err)
//		}
//		srv.ExpireTokens() // or srv.Advance(time.Hour)
//		srv.NextJobs(1, ngeneatest.Fails)
//		if err := archive(t.Context(), h); err == nil {
//			t.Error("a job that failed went unnoticed")
//		}
//	}
//
// Inside a testing/synctest bubble add [InMemory]: the simulator then listens on
// pipes in place of a port and follows the time of the bubble, so that months take
// no time:
//
//	func TestArchiveEachDay(t *testing.T) {
//		synctest.Test(t, func(t *testing.T) {
//			srv := ngeneatest.New(t, ngeneatest.InMemory())
//			h, err := ngenea.New(srv.URL, ngenea.WithPassword("dfoster", "secret"), ngenea.WithTransport(srv.Transport()))
//			if err != nil {
//				t.Fatal(err)
//			}
//			defer h.Close()
//			for range 7 {
//				if err := archive(t.Context(), h); err != nil {
//					t.Fatal(err)
//				}
//				time.Sleep(24 * time.Hour) // takes no time, and ends every token
//			}
//			if srv.Logins() != 7 {
//				t.Errorf("%d logins, want one a day", srv.Logins())
//			}
//		})
//	}
//
// # What is simulated
//
// The API as the framework of a Hub serves it: a 301 with an empty body for a path
// without its trailing slash, whatever the verb (/api/health alone has none);
// errors as {"detail": …} or as lists of sentences by field; 401 with a challenge,
// 403, 405, 415, and HTML for a path that nothing is at. Unknown query parameters
// and members of bodies are ignored, unless [Strict] is asked for.
//
// Access and refresh tokens are JWTs with exp; client keys are shown once and good
// until they are revoked, except for actions. Lists come in pages whose addresses
// begin with the Host of the request; jobs newest first, so that a job which is
// submitted between two pages moves the others on.
//
// A job is PENDING, STARTED and then what [Server.NextJobs] says, each state as
// long as [WithTransitionTime] has it. A search has the files of one more site
// after each such time. The account dfoster/secret is an administrator; the site
// dfoster1 has one node and the file /mmfs1/data/sample_data.tgz; the built-in
// workflows are there. The state can be set by [Server.Seed] and read by
// [Server.Objects].
//
// Where the vendor's documentation is cut off the simulator makes a choice that a
// test should not rest on: children of a directory are "children", what a search
// found is "results".
//
// Faults come on demand, through [Server.Fail], [Server.On] and
// [Server.Intercept].
package ngeneatest
