package telemetry_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

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

// recording is a Watch with what it has seen.
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

// points are the counts of a metric, each as "attributes=count".
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
	if _, err := c.Cluster.GetClusterStatus(ctx); err != nil {
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
			t.Error("the span of an attempt is not below that of the caller")
		}
	}
	if want := []string{"login", "getClusterStatus", "getClusterStatus", "GET", "parent"}; !slices.Equal(names, want) {
		t.Errorf("got the spans %v, want %v", names, want)
	}
	refused, answered := r.spans.GetSpans()[1], r.spans.GetSpans()[2]
	if text := fmt.Sprint(refused.Attributes); refused.Status.Code != codes.Error || !strings.Contains(text, "503") {
		t.Errorf("the attempt that was refused: %v %s", refused.Status, text)
	}
	text := fmt.Sprint(answered.Attributes)
	for _, want := range []string{`"url.template":"/cluster"`, `"server.address":"127.0.0.1"`, `"http.request.resend_count":1`} {
		if !strings.Contains(text, want) {
			t.Errorf("the attempt that was answered lacks %q: %s", want, text)
		}
	}
	if answered.Status.Code != codes.Unset || answered.EndTime.Before(answered.StartTime) {
		t.Errorf("the attempt that was answered: %v, %v to %v", answered.Status, answered.StartTime, answered.EndTime)
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
