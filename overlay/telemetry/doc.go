// Package telemetry records the calls of a client with OpenTelemetry: a span for each
// attempt, a histogram and counters. It is a module of its own, so that programs
// without OpenTelemetry do not depend on it.
//
//	watch, err := telemetry.New(telemetry.Config{}) // the global providers
//	if err != nil {
//		return err
//	}
//	c, err := weka.New("weka01", weka.WithPassword("admin", password),
//		weka.WithHooks(watch.Hooks()), weka.WithSessionHook(watch.Session))
//
// For a Hub use ngenea.WithHooks and ngenea.WithSessionHook. A Watch can be shared by
// several clients.
//
// # Spans
//
// An attempt is a client span whose parent is the span of the caller's context. It is
// named after the operation ("getFileSystems"), or after the method ("GET") for a route
// that is not in the API's document. Its attributes follow the semantic conventions for
// HTTP clients: http.request.method, url.template, server.address, server.port,
// url.scheme, http.response.status_code, http.request.resend_count and error.type. The
// conventions also require url.full, which is left out because it contains the query.
//
// A span ends when the response headers have arrived. A call that is sent three times
// has three spans; start your own span around it to join them. The span is created
// after the attempt: no trace header is sent to the server, and the span has no
// children.
//
// # Metrics
//
//	http.client.request.duration  histogram in seconds, of attempts: the attributes of the
//	                              span without http.request.resend_count
//	hotcold.retries               counter of requests sent again: url.template,
//	                              http.request.method, hotcold.retry.reason ("failure",
//	                              "failover" or "token"), and error.type, the status or
//	                              class of the failed attempt
//	hotcold.session.events        counter of logins, refreshes and their failures: hotcold.event
//	hotcold.endpoint.changes      counter of backends taken out of use ("down") and back in
//	                              use ("up"): server.address, server.port, url.scheme,
//	                              hotcold.endpoint.state
//
// http.client.request.duration is defined by the semantic conventions; its count is the
// number of attempts.
//
// The names of metrics and attributes are stable. No attribute contains a header, a
// body, a query, or a path other than a template.
package telemetry
