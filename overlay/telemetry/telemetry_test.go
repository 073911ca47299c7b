package telemetry_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"

	"github.com/hotcold-go/hotcold/overlay/token"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/telemetry"
	"github.com/hotcold-go/hotcold/overlay/transport"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// recording is a Watch with the spans and metrics that it recorded.
type recording struct {
	*telemetry.Watch
	spans   *tracetest.InMemoryExporter
	tracing *trace.TracerProvider
	metrics *metric.ManualReader
}

func record(t *testing.T) *recording {
	t.Helper()
	r := &recording{spans: tracetest.NewInMemoryExporter(), metrics: metric.NewManualReader()}
	r.tracing = trace.NewTracerProvider(trace.WithSyncer(r.spans))
	watch, err := telemetry.New(telemetry.Config{
		TracerProvider: r.tracing,
		MeterProvider:  metric.NewMeterProvider(metric.WithReader(r.metrics)),
	})
	if err != nil {
		t.Fatal(err)
	}
	r.Watch = watch
	return r
}

// points returns the counts of a metric, each as "attributes=count".
func (r *recording) points(t *testing.T, name string) (all []string) {
	t.Helper()
	var gathered metricdata.ResourceMetrics
	if err := r.metrics.Collect(t.Context(), &gathered); err != nil {
		t.Fatal(err)
	}
	for _, scope := range gathered.ScopeMetrics {
		for _, m := range scope.Metrics {
			if m.Name != name {
				continue
			}
			switch data := m.Data.(type) {
			case metricdata.Sum[int64]:
				for _, point := range data.DataPoints {
					all = append(all, fmt.Sprintf("%v=%d", point.Attributes.ToSlice(), point.Value))
				}
			case metricdata.Histogram[float64]:
				for _, point := range data.DataPoints {
					all = append(all, fmt.Sprintf("%v=%d", point.Attributes.ToSlice(), point.Count))
				}
			}
		}
	}
	slices.Sort(all)
	return all
}

func TestSpansOfACall(t *testing.T) {
	r := record(t)
	cluster := wekatest.New(t)
	c, err := weka.New(cluster.URL, weka.WithPassword("admin", "admin"), weka.WithTransport(cluster.Transport()),
		weka.WithHooks(r.Hooks()), weka.WithSessionHook(r.Session))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	cluster.Fail("getClusterStatus", 1, http.StatusServiceUnavailable, `{}`)
	ctx, parent := r.tracing.Tracer("test").Start(t.Context(), "parent")
	if _, err := c.Cluster.GetStatus(ctx); err != nil {
		t.Fatal(err)
	}
	if err := c.Do(ctx, http.MethodGet, "/fileSystems?force_fresh=true", nil, nil); err != nil {
		t.Fatal(err)
	}
	parent.End()

	var names []string
	for _, span := range r.spans.GetSpans() {
		names = append(names, span.Name)
		if text := fmt.Sprint(span.Attributes); strings.Contains(text, "force_fresh") || strings.Contains(text, "/fileSystems") {
			t.Errorf("%s: %s", span.Name, text)
		}
		if span.Name == "getClusterStatus" && span.Parent.SpanID() != parent.SpanContext().SpanID() {
			t.Error("the span of an attempt is not a child of the caller's")
		}
	}
	if want := []string{"login", "getClusterStatus", "getClusterStatus", "GET", "parent"}; !slices.Equal(names, want) {
		t.Errorf("got the spans %v, want %v", names, want)
	}
	failed, succeeded := r.spans.GetSpans()[1], r.spans.GetSpans()[2]
	if text := fmt.Sprint(failed.Attributes); failed.Status.Code != codes.Error || !strings.Contains(text, "503") {
		t.Errorf("the failed attempt: %v %s", failed.Status, text)
	}
	text := fmt.Sprint(succeeded.Attributes)
	for _, want := range []string{`"url.template":"/cluster"`, `"server.address":"127.0.0.1"`, `"http.request.resend_count":1`} {
		if !strings.Contains(text, want) {
			t.Errorf("the successful attempt lacks %q: %s", want, text)
		}
	}
	if succeeded.Status.Code != codes.Unset || succeeded.EndTime.Before(succeeded.StartTime) {
		t.Errorf("the successful attempt: %v, %v to %v", succeeded.Status, succeeded.StartTime, succeeded.EndTime)
	}
	if got := r.points(t, "hotcold.retries"); len(got) != 1 || !strings.HasSuffix(got[0], "=1") {
		t.Errorf("retries: %v", got)
	}
	if got := r.points(t, "http.client.request.duration"); len(got) != 4 {
		t.Errorf("durations: %v", got)
	}
	if got := strings.Join(r.points(t, "hotcold.session.events"), " "); !strings.Contains(got, "logged in") {
		t.Errorf("session: %v", got)
	}
}

func TestMetricsOfFailures(t *testing.T) {
	r := record(t)
	hooks := r.Hooks()
	for _, class := range []error{nil, call.ErrUnavailable, context.Canceled, context.DeadlineExceeded} {
		hooks.AfterAttempt(t.Context(), transport.Attempt{Method: http.MethodGet, Endpoint: "https://[::1]", Class: class})
	}
	hooks.EndpointChanged(transport.EndpointChange{Endpoint: "http://weka01:80", Err: call.ErrUnavailable})
	hooks.EndpointChanged(transport.EndpointChange{Endpoint: "http://weka01:80"})
	text := fmt.Sprint(r.points(t, "http.client.request.duration"))
	for _, want := range []string{"_OTHER", "unavailable", "canceled", "timeout", "::1", "443"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing: %s", want, text)
		}
	}
	if got := fmt.Sprint(r.points(t, "hotcold.endpoint.changes")); !strings.Contains(got, "down") || !strings.Contains(got, "up") {
		t.Errorf("endpoints: %s", got)
	}
}

// stable lists the attributes of spans, under "", and of each metric. Dashboards use them.
var stable = map[string][]string{
	"": {
		"http.request.method", "url.template", "server.address", "server.port", "url.scheme",
		"http.response.status_code", "http.request.resend_count", "error.type",
	},
	"http.client.request.duration": {
		"http.request.method", "url.template", "server.address", "server.port", "url.scheme",
		"http.response.status_code", "error.type",
	},
	"hotcold.retries":          {"url.template", "http.request.method", "error.type", "hotcold.retry.reason"},
	"hotcold.session.events":   {"hotcold.event"},
	"hotcold.endpoint.changes": {"server.address", "server.port", "url.scheme", "hotcold.endpoint.state"},
}

// names returns the attributes of all spans and metrics that were recorded.
func (r *recording) names(t *testing.T) map[string]map[string]bool {
	t.Helper()
	found := map[string]map[string]bool{"": {}}
	add := func(of string, attributes []attribute.KeyValue) {
		if found[of] == nil {
			found[of] = map[string]bool{}
		}
		for _, each := range attributes {
			found[of][string(each.Key)] = true
		}
	}
	for _, span := range r.spans.GetSpans() {
		add("", span.Attributes)
	}
	var gathered metricdata.ResourceMetrics
	if err := r.metrics.Collect(t.Context(), &gathered); err != nil {
		t.Fatal(err)
	}
	for _, m := range gathered.ScopeMetrics[0].Metrics {
		switch data := m.Data.(type) {
		case metricdata.Sum[int64]:
			for _, point := range data.DataPoints {
				add(m.Name, point.Attributes.ToSlice())
			}
		case metricdata.Histogram[float64]:
			for _, point := range data.DataPoints {
				add(m.Name, point.Attributes.ToSlice())
			}
		default:
			t.Errorf("%s is neither a counter nor a histogram", m.Name)
		}
	}
	return found
}

// All stable names are recorded, and no others.
func TestNamesAreStable(t *testing.T) {
	r := record(t)
	hooks := r.Hooks()
	for _, attempt := range []transport.Attempt{
		{Operation: "getClusterStatus", Method: http.MethodGet, Path: "/cluster", Endpoint: "https://weka01:14000", Number: 1, Status: 503},
		{Operation: "getClusterStatus", Method: http.MethodGet, Path: "/cluster", Endpoint: "https://weka01:14000", Number: 2, Class: call.ErrUnavailable},
		{Method: http.MethodGet, Path: "/secret/42", Endpoint: "https://weka01:14000", Number: 1, Status: 200},
	} {
		hooks.AfterAttempt(t.Context(), attempt)
	}
	hooks.BeforeRetry(t.Context(), transport.Retrying{Reason: transport.RetryFailure, Operation: "getClusterStatus", Method: http.MethodGet, Path: "/cluster", Status: 503})
	hooks.EndpointChanged(transport.EndpointChange{Endpoint: "https://weka01:14000", Err: context.Canceled})
	r.Session(token.Event{Kind: token.Refreshed})

	found := r.names(t)
	for of, names := range found {
		for name := range names {
			if !slices.Contains(stable[of], name) {
				t.Errorf("%q has the attribute %s, which is not in the list", of, name)
			}
		}
	}
	for of, names := range stable {
		for _, name := range names {
			if !found[of][name] {
				t.Errorf("%q lacks the attribute %s", of, name)
			}
		}
	}
}

// The documentation of the package has every name.
func TestNamesAreDocumented(t *testing.T) {
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	for of, names := range stable {
		for _, name := range append(slices.Clone(names), of) {
			if !strings.Contains(string(text), name) {
				t.Errorf("doc.go does not have %s", name)
			}
		}
	}
}
