// Package telemetry gives OpenTelemetry what the hooks of a client see: a span for each
// attempt, and counters and a histogram. It is a module of its own, so that programs
// without OpenTelemetry have nothing of it.
//
//	watch, err := telemetry.New(telemetry.Config{}) // the global providers
//	if err != nil {
//		return err
//	}
//	c, err := weka.New("weka01", weka.WithPassword("admin", password),
//		weka.WithHooks(watch.Hooks()), weka.WithSessionHook(watch.Session))
//
// The same goes for a Hub, with ngenea.WithHooks and ngenea.WithSessionHook. One Watch
// can serve several clients.
//
// # Spans
//
// An attempt is a client span below that of the caller's context, named after the
// operation ("getFileSystems"), or after the method ("GET") where the API's document does
// not know it. So there are no more names than operations. Its attributes are those of
// the semantic conventions for HTTP clients: http.request.method, url.template,
// server.address, server.port, url.scheme, http.response.status_code,
// http.request.resend_count and error.type. url.full, which those conventions ask for, is
// left out: it would have the query in it. An attempt lasts until the headers of the
// answer are there. A call that is sent three times has three spans; put your own around
// it. No trace header is sent to the server, and a span cannot be sampled by its children,
// as it has none.
//
// # Metrics
//
//	http.client.request.duration  histogram in seconds, of attempts, with the attributes of the span
//	                              but http.request.resend_count
//	hotcold.retries               counter of decisions to send again: url.template, http.request.method,
//	                              and error.type: the status or class of what failed
//	hotcold.session.events        counter of logins, refreshes and their failures: hotcold.event
//	hotcold.endpoint.changes      counter of backends set aside ("down") and back ("up"): server.address,
//	                              server.port, url.scheme, hotcold.endpoint.state
//
// The first is that of the semantic conventions; its count is that of the attempts.
// These names stay as they are: a test has the list.
// Nothing here ever holds a header, a body, a query, or a path that is no template.
package telemetry
