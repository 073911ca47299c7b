// Package weka is the front door to a WEKA cluster's REST API.
//
//	c, err := weka.New("weka01", weka.WithPassword("admin", os.Getenv("WEKA_PASSWORD")),
//		weka.WithCAFile("/etc/pki/weka-ca.pem"))
//	if err != nil {
//		return err
//	}
//	defer c.Close()
//	status, err := c.Cluster.GetClusterStatus(ctx)
//
// A [Client] has every operation of the API as a typed method, grouped into
// services; their bodies and results are the types of gen/wekaapi. It logs in when
// the first call needs it, renews its token before it expires, and answers a 401
// with one new token and one more try.
//
// Errors are *[Error]; ask what went wrong with errors.Is and this package's Err…
// variables, never by status: clusters report a missing object as 400, 404 or 500.
//
// Package wekatest has a simulator to test against, in the manner of
// net/http/httptest.
package weka
