// Package ngeneatest simulates an Ngenea Hub for tests, like [net/http/httptest].
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
// In a testing/synctest bubble use [InMemory]: the simulator then needs no port and
// follows the time of the bubble, in which months pass at once:
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
// The account dfoster/secret is an administrator. The site dfoster1 has one node and the
// file /mmfs1/data/sample_data.tgz. The built-in workflows exist.
//
//   - HTTP as in the web framework of a Hub: a 301 without a body for a path without its
//     trailing slash (/api/health alone has none), errors as {"detail": …} or as lists of
//     sentences by field, 401 with a challenge, 403, 405, 415, and a web page for an
//     unknown path. Unknown query parameters and members of bodies are ignored, unless
//     [Strict] is set.
//   - Access and refresh tokens are JWTs with exp. Client keys are shown once and stay
//     valid until they are revoked; actions do not accept them.
//   - Lists come in pages whose addresses begin with the Host of the request. Jobs are
//     newest first: a job that is submitted between two pages moves the others.
//   - A job is PENDING, then STARTED, then in the state of [Server.NextJobs], each for
//     [WithTransitionTime]. A search finds the files of one more site after each such
//     time.
//
// Two names are guesses, since the vendor's documentation has none; do not rely on them:
// "children" for the entries of a directory, "results" for those of a search.
//
// # Faults and state
//
// [Server.On] makes requests fail: with a status, a proxy's page, a delay, a cut
// connection, half a body, an expired token. [Server.Seed] adds objects, and
// [Server.Objects], [Server.Submission] and [Server.Requests] show the result of a test.
package ngeneatest
